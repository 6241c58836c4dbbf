import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { isTenantId } from '../contracts/tenant.js';
import { unauthenticated } from '../platform/auth/unauthenticated.js';
import { basicCredential } from './basic-credential.js';
import { isExternalList } from './domain/external-list.js';
import { EdlService } from './edl.service.js';

/** No refusal is answered sooner, so that its time does not tell what it was for. */
const REFUSAL_MS = 50;

/** Lets whoever has a list's credential poll that list. All refusals are one: nobody learns which tenants and lists there are. */
@Injectable()
export class EdlCredentialGuard implements CanActivate {
  constructor(private readonly edl: EdlService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const wait = sleep(REFUSAL_MS, undefined, { ref: false });
    const request = context.switchToHttp().getRequest<Request>();
    const { tenant_id: tenant, list } = request.params;
    const credential = basicCredential(request.headers.authorization);
    if (isTenantId(tenant) && isExternalList(list) && credential && (await this.edl.opens(tenant, list, credential))) return true;
    await wait;
    throw unauthenticated('edl');
  }
}

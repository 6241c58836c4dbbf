import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { isTenantId } from '../contracts/tenant.js';
import type { AdmittedRequest } from '../platform/auth/caller.decorator.js';
import { CredentialAttempts } from '../platform/auth/credential-attempts.js';
import { unauthenticated } from '../platform/auth/unauthenticated.js';
import { basicCredential } from './basic-credential.js';
import { isExternalList } from './domain/external-list.js';
import { EdlService } from './edl.service.js';

/** No refusal is answered sooner, so that its time does not tell what it was for. */
const REFUSAL_MS = 50;

/**
 * Lets whoever has a list's credential poll that list. All refusals are one: nobody learns which tenants and lists there are. Wrong credentials
 * are counted by address and by list; a right one always passes, as 256 random bits are not guessed, so that nobody locks a firewall out.
 */
@Injectable()
export class EdlCredentialGuard implements CanActivate {
  constructor(
    private readonly edl: EdlService,
    private readonly attempts: CredentialAttempts,
  ) {}

  /** @throws Problem 401 for what opens nothing, 429 where it is one wrong credential too many. */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const wait = sleep(REFUSAL_MS, undefined, { ref: false });
    const request = context.switchToHttp().getRequest<AdmittedRequest>();
    const { tenant_id: tenant, list } = request.params;
    const { authorization } = request.headers;
    const credential = basicCredential(authorization);
    const named = isTenantId(tenant) && isExternalList(list) ? { tenant, list } : undefined;
    if (named && credential && (await this.edl.opens(named.tenant, named.list, credential))) return true;
    await wait;
    const name = named ? `edl ${named.tenant} ${named.list}` : null;
    if (authorization !== undefined) await this.attempts.noteFailure(request.sourceIp ?? '', authorization, name);
    throw unauthenticated('edl');
  }
}

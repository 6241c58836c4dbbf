import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { ClsService } from 'nestjs-cls';
import type { RouteAccess } from '../auth/allow.decorator.js';
import { CredentialStrategy } from '../auth/credential-strategy.js';
import type { Principal } from '../auth/principal.js';
import { BusinessEvents } from '../observability/business-events.js';
import { Problem } from '../problems/problem.js';
import { DEADLINE_HEADER, readDeadline } from '../resilience/deadline.js';
import type { RequestContext } from '../tenancy/request-context.js';
import type { ReceivedHead } from './domain/message-head.js';
import { SignatureRefused } from './domain/signature-refused.js';
import { NonceUncertain } from './nonce-store.js';
import { ServiceAuthenticator } from './service-authenticator.js';
import { readWireBody, type SignedRequest } from './wire-body.js';

/** Signatures between services, in every environment: on their routes nothing else is a credential, and its absence is a bad one. */
@Injectable()
export class ServiceSignatureStrategy extends CredentialStrategy {
  constructor(
    private readonly authenticator: ServiceAuthenticator,
    private readonly events: BusinessEvents,
    private readonly cls: ClsService<RequestContext>,
  ) {
    super();
  }

  applies(_request: Request, access: RouteAccess): boolean {
    return access.kind === 'service';
  }

  async authenticate(request: SignedRequest, access: RouteAccess): Promise<Principal | undefined> {
    if (access.kind !== 'service') return undefined;
    const { largestBody, onlyReads } = access;
    const readBody = async (): Promise<Buffer> => (request.wireBody = await readWireBody(request, largestBody));
    try {
      const arrived = performance.now();
      const { sender, keyId } = await this.authenticator.authenticate(headOf(request), readBody, onlyReads);
      this.cls.set('deadline', readDeadline(request.get(DEADLINE_HEADER), arrived));
      return { subject: sender, kind: 'service', grants: new Map(), platformRoles: [], keyId, via: 'service_signature' };
    } catch (error) {
      if (error instanceof SignatureRefused) return this.refuse(error);
      if (error instanceof NonceUncertain) throw this.uncertain(error);
      throw error;
    }
  }

  private refuse({ reason }: SignatureRefused): undefined {
    this.events.serviceCallRefused(reason);
  }

  private uncertain(error: NonceUncertain): Problem {
    this.events.serviceCallUncertain(error.message);
    return new Problem('unavailable', 'It cannot be said now whether this message came before; sign it again with a new nonce.', {
      headers: { 'Retry-After': '2' },
    });
  }
}

function headOf(request: Request): ReceivedHead {
  const isEncrypted = 'encrypted' in request.socket && request.socket.encrypted === true;
  return { method: request.method, target: request.originalUrl, rawHeaders: request.rawHeaders, isEncrypted };
}

import { Injectable } from '@nestjs/common';
import { Clock } from '../clock/clock.js';
import { Revocations } from '../revocation/revocations.js';
import type { RouteAccess } from './allow.decorator.js';
import type { AdmittedRequest } from './caller.decorator.js';
import { CredentialAttempts } from './credential-attempts.js';
import { CredentialStrategy } from './credential-strategy.js';
import { KeyAuthenticator } from './key-authenticator.js';
import type { Principal } from './principal.js';
import { TokenVerifier } from './tokens/token-verifier.js';

const BEARER = /^Bearer ([A-Za-z0-9._~+/-]+=*)$/i;

/**
 * Access tokens as bearer tokens (RFC 6750 §2.1), until they are revoked, and as long as the key that they were exchanged for lives and may be
 * used from the caller's address. They allow what that key allows.
 */
@Injectable()
export class BearerStrategy extends CredentialStrategy {
  constructor(
    private readonly tokens: TokenVerifier,
    private readonly keys: KeyAuthenticator,
    private readonly revocations: Revocations,
    private readonly attempts: CredentialAttempts,
    private readonly clock: Clock,
  ) {
    super();
  }

  applies(request: AdmittedRequest, access: RouteAccess): boolean {
    const isTaken = access.kind === 'permission' || access.kind === 'any-token';
    return isTaken && request.headers.authorization !== undefined;
  }

  /** @throws Problem 429 where it is one wrong credential too many from the address. */
  async authenticate(request: AdmittedRequest): Promise<Principal | undefined> {
    const header = request.headers.authorization ?? '';
    const token = BEARER.exec(header)?.[1];
    const principal = token === undefined ? undefined : await this.tokens.verify(token, this.clock.now());
    if (principal) return this.stillGood(principal, request);
    request.refusal = { reason: 'bad_token', tenant: null, keyId: null };
    await this.attempts.noteFailure(request.sourceIp ?? '', header);
    return undefined;
  }

  private async stillGood(principal: Principal, request: AdmittedRequest): Promise<Principal | undefined> {
    const { keyId } = principal;
    const [tenant = null, second] = [...principal.grants.keys()];
    const refuse = (reason: 'token_revoked' | 'key_of_token_ended'): undefined => {
      request.refusal = { reason, tenant: second === undefined ? tenant : null, keyId };
    };
    const key = keyId === null ? null : await this.keys.admits(keyId, request.sourceIp ?? '');
    if (key === undefined) return refuse('key_of_token_ended');
    if (this.revocations.isRevoked(principal)) return refuse('token_revoked');
    return key === null ? principal : { ...principal, scopes: key.scopes };
  }
}

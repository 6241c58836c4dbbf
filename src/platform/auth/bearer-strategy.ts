import { Injectable } from '@nestjs/common';
import { Clock } from '../clock/clock.js';
import type { RouteAccess } from './allow.decorator.js';
import type { AdmittedRequest } from './caller.decorator.js';
import { CredentialAttempts } from './credential-attempts.js';
import { CredentialStrategy } from './credential-strategy.js';
import type { Principal } from './principal.js';
import { TokenStanding } from './token-standing.js';
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
    private readonly standing: TokenStanding,
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
    const { keyId, grants } = principal;
    const standing = await this.standing.of(principal, request.sourceIp ?? '');
    if (standing.fault === undefined) return standing.principal;
    const [tenant = null, second] = [...grants.keys()];
    request.refusal = { reason: standing.fault, tenant: second === undefined ? tenant : null, keyId };
    return undefined;
  }
}

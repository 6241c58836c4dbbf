import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { Clock } from '../clock/clock.js';
import type { RouteAccess } from './allow.decorator.js';
import { CredentialStrategy } from './credential-strategy.js';
import { KeyAuthenticator } from './key-authenticator.js';
import type { Principal } from './principal.js';
import { TokenVerifier } from './tokens/token-verifier.js';

const BEARER = /^Bearer ([A-Za-z0-9._~+/-]+=*)$/i;

/** Access tokens as bearer tokens (RFC 6750 §2.1), as long as the key that they were exchanged for lives. */
@Injectable()
export class BearerStrategy extends CredentialStrategy {
  constructor(
    private readonly tokens: TokenVerifier,
    private readonly keys: KeyAuthenticator,
    private readonly clock: Clock,
  ) {
    super();
  }

  applies(request: Request, access: RouteAccess): boolean {
    return access.kind === 'permission' && request.headers.authorization !== undefined;
  }

  async authenticate(request: Request): Promise<Principal | undefined> {
    const token = BEARER.exec(request.headers.authorization ?? '')?.[1];
    const principal = token === undefined ? undefined : await this.tokens.verify(token, this.clock.now());
    if (!principal?.keyId) return undefined;
    return (await this.keys.isKeyLive(principal.keyId)) ? principal : undefined;
  }
}

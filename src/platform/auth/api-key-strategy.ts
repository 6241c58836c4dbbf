import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import type { RouteAccess } from './allow.decorator.js';
import { CredentialStrategy } from './credential-strategy.js';
import { KeyAuthenticator } from './key-authenticator.js';
import type { Principal } from './principal.js';

/** API keys in `X-API-Key`: for the token exchange, and for ingest. Where people alone decide they are read too, so that the refusal can say why. */
@Injectable()
export class ApiKeyStrategy extends CredentialStrategy {
  constructor(private readonly keys: KeyAuthenticator) {
    super();
  }

  applies(request: Request, access: RouteAccess): boolean {
    const isTaken = access.kind === 'any-credential' || (access.kind === 'permission' && (access.apiKey || access.recentSignIn));
    return isTaken && request.headers['x-api-key'] !== undefined;
  }

  async authenticate(request: Request): Promise<Principal | undefined> {
    return this.keys.authenticate(String(request.headers['x-api-key']));
  }
}

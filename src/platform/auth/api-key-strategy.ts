import { Injectable } from '@nestjs/common';
import type { RouteAccess } from './allow.decorator.js';
import { parseApiKey } from './api-key.js';
import type { AdmittedRequest } from './caller.decorator.js';
import { CredentialAttempts } from './credential-attempts.js';
import { CredentialStrategy } from './credential-strategy.js';
import { KeyAuthenticator } from './key-authenticator.js';
import type { Principal } from './principal.js';

/** API keys in `X-API-Key`: for the token exchange, and for ingest. Where people alone decide they are read too, so that the refusal can say why. */
@Injectable()
export class ApiKeyStrategy extends CredentialStrategy {
  constructor(
    private readonly keys: KeyAuthenticator,
    private readonly attempts: CredentialAttempts,
  ) {
    super();
  }

  applies(request: AdmittedRequest, access: RouteAccess): boolean {
    const isTaken = access.kind === 'any-credential' || (access.kind === 'permission' && (access.apiKey || access.recentSignIn));
    return isTaken && request.headers['x-api-key'] !== undefined;
  }

  /** @throws Problem 429 while too many wrong keys come from the address, or for the key's id. */
  async authenticate(request: AdmittedRequest): Promise<Principal | undefined> {
    const text = String(request.headers['x-api-key']);
    const address = request.sourceIp ?? '';
    const keyId = parseApiKey(text)?.keyId ?? null;
    await this.attempts.requireFree(address, keyId, async () => (keyId === null ? undefined : this.keys.lastAddressOf(keyId)));
    const answer = await this.keys.authenticate(text, address);
    if (answer.fault === undefined) {
      this.attempts.noteSuccess(address, answer.key.key_id);
      return answer.principal;
    }
    request.refusal = { reason: answer.fault, tenant: answer.key?.tenant_id ?? null, keyId: answer.key?.key_id ?? null };
    await this.attempts.noteFailure(address, text, keyId);
    return undefined;
  }
}

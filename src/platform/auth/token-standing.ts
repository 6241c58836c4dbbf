import { Injectable } from '@nestjs/common';
import { Clock } from '../clock/clock.js';
import { Revocations } from '../revocation/revocations.js';
import { KeyAuthenticator } from './key-authenticator.js';
import type { Principal } from './principal.js';

/** Whom a token speaks for now, or why it does not any more. */
export type Standing =
  | { readonly principal: Principal; readonly fault?: undefined }
  | { readonly fault: 'token_expired' | 'token_revoked' | 'key_of_token_ended' };

/** Tells whether a token that was good still is: it has not expired, it is not revoked, and the key that it was exchanged for lives. */
@Injectable()
export class TokenStanding {
  constructor(
    private readonly keys: KeyAuthenticator,
    private readonly revocations: Revocations,
    private readonly clock: Clock,
  ) {}

  /** The principal with what the key allows now. @param address that the token is used from. */
  async of(principal: Principal, address: string): Promise<Standing> {
    const { keyId, expiresAt = Number.POSITIVE_INFINITY } = principal;
    if (this.clock.now() / 1_000 >= expiresAt) return { fault: 'token_expired' };
    const key = keyId === null ? null : await this.keys.admits(keyId, address);
    if (key === undefined) return { fault: 'key_of_token_ended' };
    if (this.revocations.isRevoked(principal)) return { fault: 'token_revoked' };
    return { principal: key === null ? principal : { ...principal, scopes: key.scopes } };
  }
}

import { SignJWT } from 'jose';
import { v7 as uuidv7 } from 'uuid';
import type { Principal } from '../principal.js';
import { LOCAL_POLICY, TOKEN_LIFETIME, toLocalClaims } from './local-claims.js';
import type { LocalKeys } from './local-keys.js';

/** A token and how long it lasts. */
export interface IssuedToken {
  readonly accessToken: string;
  /** Its `jti`. */
  readonly tokenId: string;
  /** Seconds. */
  readonly expiresIn: number;
}

/** Issues access tokens (RFC 9068): issuer, audience, subject, grants, time of the sign-in, expiry after 15 minutes and `jti`. */
export class TokenIssuer {
  constructor(private readonly keys: LocalKeys) {}

  /**
   * Issues a token to whoever has just shown a credential.
   * @param now milliseconds since the epoch.
   */
  async issue(principal: Principal, now: number): Promise<IssuedToken> {
    const issuedAt = Math.floor(now / 1000);
    const tokenId = uuidv7();
    const { kid, algorithm, signing } = await this.keys.current();
    const accessToken = await new SignJWT({ ...toLocalClaims(principal), auth_time: issuedAt })
      .setProtectedHeader({ alg: algorithm, typ: 'at+jwt', kid })
      .setIssuer(LOCAL_POLICY.issuer)
      .setAudience(LOCAL_POLICY.audience)
      .setSubject(principal.subject)
      .setJti(tokenId)
      .setIssuedAt(issuedAt)
      .setNotBefore(issuedAt)
      .setExpirationTime(issuedAt + TOKEN_LIFETIME)
      .sign(signing);
    return { accessToken, tokenId, expiresIn: TOKEN_LIFETIME };
  }
}

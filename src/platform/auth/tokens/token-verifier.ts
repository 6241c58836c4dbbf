import type { Principal } from '../principal.js';
import { satisfies, type ClaimsPolicy, type TokenClaims } from './claims-policy.js';
import { readJws } from './jws.js';
import { KnownSignatures } from './known-signatures.js';
import { parseUniqueObject } from './unique-members.js';
import type { KeySource } from './verification-key.js';

/** An issuer whose tokens are taken. */
export interface TrustedIssuer {
  readonly policy: ClaimsPolicy;
  readonly keys: KeySource;
  /** Whom a verified token speaks for; `undefined` where it says too little. */
  principalOf(claims: TokenClaims): Principal | undefined;
}

/** Reads tokens of the issuers that are trusted, our own and others', all in the same way (RFC 8725). */
export class TokenVerifier {
  private readonly issuers: ReadonlyMap<string, TrustedIssuer>;
  private readonly signatures = new KnownSignatures();

  constructor(issuers: readonly TrustedIssuer[]) {
    this.issuers = new Map(issuers.map((issuer) => [issuer.policy.issuer, issuer]));
  }

  /**
   * The principal that a token speaks for; `undefined` for anything but a valid token of a trusted issuer.
   * @param now milliseconds since the epoch.
   * @throws Problem 503 where the issuer's keys cannot be had at present.
   */
  async verify(token: string, now: number): Promise<Principal | undefined> {
    const jws = readJws(token);
    const claims = jws && parseUniqueObject(jws.payload);
    const issuer = typeof claims?.['iss'] === 'string' ? this.issuers.get(claims['iss']) : undefined;
    if (!jws || !claims || !issuer || !satisfies(claims, jws.type, issuer.policy, now / 1000)) return undefined;
    const key = await issuer.keys.find(jws.keyId);
    return key && (await this.signatures.isSignedBy(jws, key)) ? issuer.principalOf(claims) : undefined;
  }
}

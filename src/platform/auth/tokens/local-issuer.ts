import { fromLocalClaims, LOCAL_POLICY } from './local-claims.js';
import type { LocalKeys } from './local-keys.js';
import type { TrustedIssuer } from './token-verifier.js';

/** Ourselves, as an issuer whose tokens are taken. */
export function localIssuer(keys: LocalKeys): TrustedIssuer {
  return { policy: LOCAL_POLICY, keys, principalOf: fromLocalClaims };
}

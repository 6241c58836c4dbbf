import type { TrustedIssuer } from '../tokens/token-verifier.js';
import type { OidcIssuer } from './oidc-issuer.js';
import { OidcKeys, type OidcKeysParts } from './oidc-keys.js';
import { principalOfOidc } from './oidc-principal.js';

/** How far a provider's clock may be ahead of ours, seconds. */
const LEEWAY = 30;

/** An identity provider as an issuer whose tokens are taken. */
export function trustedOidcIssuer(issuer: OidcIssuer, parts: OidcKeysParts): TrustedIssuer {
  return {
    policy: {
      issuer: issuer.issuer,
      audience: issuer.audience,
      types: issuer.tokenTypes,
      required: [],
      longestLifetime: issuer.longestLifetime,
      leeway: LEEWAY,
    },
    keys: new OidcKeys(issuer, parts),
    principalOf: (claims) => principalOfOidc(issuer, claims),
  };
}

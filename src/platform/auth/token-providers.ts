import type { Provider } from '@nestjs/common';
import { Clock } from '../clock/clock.js';
import type { Config } from '../config/config.js';
import { OutboundHttp } from '../outbound/outbound-http.js';
import { OutboundPolicies } from '../resilience/outbound-policies.js';
import type { Secrets } from '../secrets/secrets.js';
import { OidcHttp } from './oidc/oidc-http.js';
import { readOidcIssuers } from './oidc/oidc-issuers-file.js';
import { trustedOidcIssuer } from './oidc/trusted-oidc-issuer.js';
import { localIssuer } from './tokens/local-issuer.js';
import { LocalKeys } from './tokens/local-keys.js';
import { TokenIssuer } from './tokens/token-issuer.js';
import { TokenVerifier } from './tokens/token-verifier.js';

/** What issues access tokens, and what reads those of ours and of the identity providers that are configured. */
export function tokenProviders(config: Config, secrets: Secrets): Provider[] {
  return [
    { provide: LocalKeys, useFactory: () => new LocalKeys(secrets.jwtSecret, config.tokens.algorithm) },
    { provide: TokenIssuer, inject: [LocalKeys], useFactory: (keys: LocalKeys) => new TokenIssuer(keys) },
    {
      provide: TokenVerifier,
      inject: [LocalKeys, OutboundHttp, Clock, OutboundPolicies],
      useFactory: (keys: LocalKeys, outbound: OutboundHttp, clock: Clock, policies: OutboundPolicies) => {
        const parts = { http: new OidcHttp(outbound), clock, policies, environment: config.environment };
        const others = readOidcIssuers(config).map((issuer) => trustedOidcIssuer(issuer, parts));
        return new TokenVerifier([localIssuer(keys), ...others]);
      },
    },
  ];
}

import type { Provider } from '@nestjs/common';
import { SharedChanges } from '../changes/shared-changes.js';
import { Clock } from '../clock/clock.js';
import type { Config } from '../config/config.js';
import { RateLimits } from '../rate-limit/rate-limits.js';
import { Revocations } from '../revocation/revocations.js';
import type { Secrets } from '../secrets/secrets.js';
import { ApiKeyStore } from './api-key-store.js';
import { CredentialAttempts } from './credential-attempts.js';
import { KeyAuthenticator } from './key-authenticator.js';
import { KeyIssuer } from './key-issuer.js';
import { TokenStanding } from './token-standing.js';

/** What credentials are checked with. */
export function authProviders(config: Config, secrets: Secrets): Provider[] {
  return [
    TokenStanding,
    {
      provide: KeyAuthenticator,
      inject: [ApiKeyStore, Clock, Revocations, SharedChanges],
      useFactory: (store: ApiKeyStore, clock: Clock, revocations: Revocations, changes: SharedChanges) => {
        const keys = new KeyAuthenticator({ store, pepper: secrets.apiKeyPepper, clock, revocations, environment: config.environment });
        changes.register(() => keys.forget());
        return keys;
      },
    },
    {
      provide: KeyIssuer,
      inject: [Clock],
      useFactory: (clock: Clock) => new KeyIssuer(secrets.apiKeyPepper, config.environment, config.apiKeys.maxDays, clock),
    },
    {
      provide: CredentialAttempts,
      inject: [RateLimits, Clock],
      useFactory: (limits: RateLimits, clock: Clock) => new CredentialAttempts(limits, clock, config.auth.failureLimit),
    },
  ];
}

import type { SecretRing } from './secret-ring.js';

/** The app's own secrets. */
export interface Secrets {
  /** Signs access tokens. */
  readonly jwtSecret: SecretRing;
  /** Signs calls between services and webhooks. */
  readonly serviceKey: SecretRing;
  /** Goes into the hash of every API key; kept apart from the database. */
  readonly apiKeyPepper: SecretRing;
  /** Reads `/metrics` without a JWT, where set. */
  readonly metricsToken: SecretRing | null;
  /** Where Redis is; a secret, as it may hold a password. */
  readonly redisUrl: string | null;
  /** Wraps the tenants' data keys, where set. */
  readonly dataEncryptionKey: SecretRing | null;
}

/** Variables that hold the secrets without which the app does not start. */
export const REQUIRED_SECRETS = { jwtSecret: 'JWT_SECRET', serviceKey: 'SERVICE_API_KEY', apiKeyPepper: 'API_KEY_PEPPER' } as const;

/** Variable that holds the secret that tenants' data keys are wrapped with. Development makes one too. */
export const DATA_ENCRYPTION_KEY = 'DATA_ENCRYPTION_KEY';

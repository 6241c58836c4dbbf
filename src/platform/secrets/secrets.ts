/** The app's own secrets, as bytes. */
export interface Secrets {
  /** Signs access tokens (HS256). */
  readonly jwtSecret: Buffer;
  /** Signs calls between services and webhooks. */
  readonly serviceKey: Buffer;
  /** Goes into the hash of every API key; kept apart from the database. */
  readonly apiKeyPepper: Buffer;
  /** Reads `/metrics` without a JWT, where set. */
  readonly metricsToken: Buffer | null;
  /** Wraps the tenants' data keys, where set; while it is changed: the new one, a comma, and the old one. */
  readonly dataEncryptionKey: Buffer | null;
}

/** Variables that hold the secrets without which the app does not start. */
export const REQUIRED_SECRETS = { jwtSecret: 'JWT_SECRET', serviceKey: 'SERVICE_API_KEY', apiKeyPepper: 'API_KEY_PEPPER' } as const;

/** Variable that holds the secret that tenants' data keys are wrapped with. Development makes one too. */
export const DATA_ENCRYPTION_KEY = 'DATA_ENCRYPTION_KEY';

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
}

/** Variables that hold the secrets without which the app does not start. */
export const REQUIRED_SECRETS = { jwtSecret: 'JWT_SECRET', serviceKey: 'SERVICE_API_KEY', apiKeyPepper: 'API_KEY_PEPPER' } as const;

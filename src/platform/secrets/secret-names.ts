/** Variables that hold the secrets without which the app does not start. */
export const REQUIRED_SECRETS = { jwtSecret: 'JWT_SECRET', serviceKey: 'SERVICE_API_KEY', apiKeyPepper: 'API_KEY_PEPPER' } as const;

/** Secrets that are not needed to start. Development makes the one that tenants' data keys are wrapped with too. */
export const OPTIONAL_SECRETS = { metricsToken: 'METRICS_TOKEN', dataEncryptionKey: 'DATA_ENCRYPTION_KEY' } as const;

/** Every secret that can have versions. */
export type SecretName =
  (typeof REQUIRED_SECRETS)[keyof typeof REQUIRED_SECRETS] | (typeof OPTIONAL_SECRETS)[keyof typeof OPTIONAL_SECRETS];

const MINUTE_MS = 60_000;

/**
 * How long a version still checks after its successor has taken over, in milliseconds. Tokens last 15 minutes. Receivers of webhooks hold keys
 * that come from the service key, and need time to fetch the new one. What outlives every bound is kept until it is disabled.
 */
export const RETIRE_AFTER_MS: Readonly<Record<SecretName, number | null>> = {
  JWT_SECRET: 20 * MINUTE_MS,
  SERVICE_API_KEY: 7 * 24 * 60 * MINUTE_MS,
  API_KEY_PEPPER: null,
  METRICS_TOKEN: null,
  DATA_ENCRYPTION_KEY: null,
};

/** Secrets that the schedule rotates; the others have holders outside who must be told. */
export const SCHEDULED: readonly SecretName[] = ['JWT_SECRET', 'SERVICE_API_KEY'];

/** Tells whether a text names a secret. */
export function isSecretName(text: string): text is SecretName {
  return Object.hasOwn(RETIRE_AFTER_MS, text);
}

import { grouped } from './variable.js';

/** Secrets, where they come from, and how people and programs sign in. */
export const SECRET_VARIABLES = [
  ...grouped('Secrets', [
    {
      name: 'JWT_SECRET',
      secret: true,
      description: 'access tokens are signed with what follows from it; required, 32 bytes at least; made in development',
    },
    {
      name: 'SERVICE_API_KEY',
      secret: true,
      description:
        'calls between services and webhooks are signed with what follows from it; required, 32 bytes at least; made in development',
    },
    {
      name: 'API_KEY_PEPPER',
      secret: true,
      description: 'API keys are hashed with it; required, 32 bytes at least; made in development',
    },
    {
      name: 'DATA_ENCRYPTION_KEY',
      secret: true,
      description: "wraps the tenants' data keys: where it is set, what tenants store is encrypted; 32 bytes at least; made in development",
      guide: 'security/encryption.md',
    },
    { name: 'METRICS_TOKEN', secret: true, description: 'lets a scraper read `/metrics`; 32 bytes at least' },
    {
      name: 'GATRA_SECRETS_FILE',
      description: 'the secrets file: `{"NAME": "value"}`, mode 600; `secrets.json` in the data directory where nothing is said',
    },
    {
      name: 'SECRETS_REFRESH_SECONDS',
      default: '2',
      range: '1 to 3600',
      description: 'how often secrets are read again; 60 with Secret Manager',
    },
    {
      name: 'SECRETS_ACTIVATION_SECONDS',
      range: '3 to 86400',
      description: 'how long a new version is only accepted before it is used: more than `SECRETS_REFRESH_SECONDS`; twice that and 5',
    },
    {
      name: 'SECRETS_ROTATION_DAYS',
      default: '0',
      range: '0 to 3650',
      description: 'age at which `JWT_SECRET` and `SERVICE_API_KEY` are rotated by themselves; 0 is never',
    },
    { name: 'GCP_SECRET_MANAGER_PROJECT', description: 'project of the Secret Manager to ask first' },
    { name: 'GCP_SECRET_MANAGER_PREFIX', description: "goes before a secret's name to make its id" },
    { name: 'GCP_SECRET_MANAGER_ENDPOINT', description: "another address of Secret Manager than Google's own" },
    {
      name: 'GCP_ALLOW_ENDPOINT_OVERRIDE',
      default: 'false',
      range: 'true, false',
      description: "whether other addresses than Google's own are taken in production, and only https",
    },
  ]),
  ...grouped('Sign-in and keys', [
    {
      name: 'JWT_ALGORITHM',
      default: 'EdDSA',
      range: 'EdDSA, HS256',
      description:
        'what access tokens are signed with: Ed25519 keys derived from `JWT_SECRET`, published at `/.well-known/jwks.json`, or the secret itself. ' +
        'Changing it ends the tokens that are out',
    },
    {
      name: 'OIDC_ISSUERS_FILE',
      description: 'the identity providers whose tokens are taken',
      guide: '../README.md#sign-in-with-your-identity-provider',
    },
    { name: 'API_KEY_MAX_DAYS', default: '365', range: '1 to 3650', description: 'longest life of an API key' },
    {
      name: 'AUTH_FAILURE_LIMIT',
      default: '15',
      range: '1 to 1000000',
      description: 'different wrong credentials that one address, or one key id, may try in a row; one more every 10 s',
    },
    {
      name: 'REVOCATION_POLL_SECONDS',
      default: '15',
      range: '1 to 30',
      description: 'how often revocations are read besides being told of them; every second without Redis and PostgreSQL',
    },
  ]),
];

import type { RedisTarget } from '../redis/redis-target.js';
import type { PostgresUrls } from '../storage/postgres/open-postgres.js';
import type { OutboundPolicies } from '../resilience/outbound-policies.js';
import type { SecretKeeper } from './secret-keeper.js';
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
  /** Where Redis is; a secret, as it may hold passwords. Read once. */
  readonly redis: RedisTarget | null;
  /** Where PostgreSQL is; secrets, as they may hold passwords. Null where the databases are files. Read once. */
  readonly postgres: PostgresUrls | null;
  /** Headers of calls to the collector of spans; a secret, as they may hold a token. Read once. */
  readonly otlpHeaders: string | null;
  /** Lets us into ClickHouse, where that is the lake. Read once. */
  readonly clickHousePassword: string | null;
  /** Reads the others again while the app runs. */
  readonly keeper: SecretKeeper;
  /** How what is outside is called; secrets are the first that is asked for. */
  readonly policies: OutboundPolicies;
  /** Wraps the tenants' data keys, where set. */
  readonly dataEncryptionKey: SecretRing | null;
}

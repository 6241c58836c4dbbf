import type { Kysely } from 'kysely';

/** What is the platform's own: tenants, keys, and the platform's audit log. What writes excludes one another. */
export abstract class PlatformDatabase {
  /** The database, typed by the tables that the caller works with. */
  abstract get<Tables>(): Promise<Kysely<Tables>>;

  /** Takes what was deleted or replaced out of where the store still has it, as far as it can. */
  abstract scrub(): Promise<void>;

  abstract close(): Promise<void>;
}

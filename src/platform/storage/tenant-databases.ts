import type { Kysely } from 'kysely';
import type { TenantId } from '../../contracts/tenant.js';

/**
 * The cases of every tenant, and what is written with them: a database for each, in which no statement reaches another tenant's rows. What
 * writes excludes one another inside a tenant, in whichever process it runs.
 */
export abstract class TenantDatabases {
  /** The database of one tenant, typed by the tables that the caller works with. @throws TenantRetired */
  abstract of<Tables>(tenant: TenantId): Promise<Kysely<Tables>>;

  /** Reads one tenant's database without keeping it open; `undefined` where the tenant has none. @throws TenantRetired */
  abstract glance<Tables, T>(tenant: TenantId, read: (db: Kysely<Tables>) => Promise<T>): Promise<T | undefined>;

  /** Lets go of one tenant's database. */
  abstract close(tenant: TenantId): Promise<void>;

  /** Counts the rows of a tenant that nobody has open, by table. */
  abstract rowsOf(tenant: TenantId): Promise<Readonly<Record<string, number>>>;

  /** Removes all of a tenant that nobody has open, its audit log too. Done twice, it changes nothing. */
  abstract erase(tenant: TenantId): Promise<void>;

  /** Lets go of all of them; later calls open them again. */
  abstract closeAll(): Promise<void>;
}

import { sql } from 'kysely';
import type { Migrations } from './migrations.js';
import type { PlatformDatabase } from './platform-database.js';

/** Leases, in the platform's database. */
export const leaseMigrations: Migrations = {
  'storage-0001-leases': {
    async up(db) {
      await sql`CREATE TABLE lease (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until INTEGER NOT NULL) STRICT, WITHOUT ROWID`.execute(db);
    },
  },
};

/** What one instance at a time may do. */
export class Leases {
  constructor(private readonly database: PlatformDatabase) {}

  /**
   * Takes a lease until `until`, or keeps it; false where another holder has it. A lease that ends more than its own length after one taken now would,
   * was taken before the clock was set back: nobody waits for it. Times are milliseconds since the epoch.
   */
  async take(name: string, holder: string, now: number, until: number): Promise<boolean> {
    const { numAffectedRows } = await sql`INSERT INTO lease (name, holder, until) VALUES (${name}, ${holder}, ${until})
      ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
      WHERE lease.holder = excluded.holder OR lease.until <= ${now} OR lease.until > ${until + (until - now)}`.execute(
      await this.database.get(),
    );
    return numAffectedRows === 1n;
  }
}

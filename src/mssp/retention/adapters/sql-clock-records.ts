import { sql } from 'kysely';
import { appendAudit } from '../../../platform/audit/append-audit.js';
import { PLATFORM_LOG } from '../../../platform/audit/audit-log.js';
import type { AuditEntry } from '../../../platform/audit/audit-record.js';
import type { AuditTables } from '../../../platform/audit/audit-tables.js';
import type { Migrations } from '../../../platform/storage/migrations.js';
import type { PlatformDatabase } from '../../../platform/storage/platform-database.js';
import type { ClockRecord } from '../domain/clock-reading.js';
import { ClockRecords } from '../domain/clock-records.js';

/** What was seen of the wall clock, in the platform's database. */
export const clockRecordMigrations: Migrations = {
  'retention-0001-clock': {
    async up(db) {
      await sql`CREATE TABLE believed_time (id INTEGER PRIMARY KEY, at INTEGER NOT NULL) STRICT`.execute(db);
      await sql`CREATE TABLE written_month (month TEXT PRIMARY KEY, really TEXT NOT NULL) STRICT, WITHOUT ROWID`.execute(db);
    },
  },
};

interface Tables {
  believed_time: { id: number; at: number };
  written_month: { month: string; really: string };
}

/** What was seen of the wall clock, in the platform's database. */
export class SqlClockRecords extends ClockRecords {
  constructor(private readonly platform: PlatformDatabase) {
    super();
  }

  async read(): Promise<ClockRecord> {
    const db = await this.platform.get<Tables>();
    const time = await db.selectFrom('believed_time').select('at').executeTakeFirst();
    const months = await db.selectFrom('written_month').selectAll().execute();
    return { believed: time?.at ?? null, written: new Map(months.map(({ month, really }) => [month, really])) };
  }

  async believe(time: number): Promise<void> {
    await sql`INSERT INTO believed_time (id, at) VALUES (1, ${time})
      ON CONFLICT (id) DO UPDATE SET at = excluded.at WHERE believed_time.at < excluded.at`.execute(await this.platform.get<Tables>());
  }

  async noteWritten(month: string, really: string): Promise<void> {
    await sql`INSERT INTO written_month (month, really) VALUES (${month}, ${really})
      ON CONFLICT (month) DO UPDATE SET really = excluded.really WHERE written_month.really < excluded.really`.execute(
      await this.platform.get<Tables>(),
    );
  }

  async replace({ believed, written }: ClockRecord & { readonly believed: number }, deed: AuditEntry): Promise<void> {
    const db = await this.platform.get<Tables & AuditTables>();
    await db.transaction().execute(async (trx) => {
      await appendAudit(trx, PLATFORM_LOG, new Date(believed).toISOString(), [deed]);
      await trx.deleteFrom('believed_time').execute();
      await trx.insertInto('believed_time').values({ id: 1, at: believed }).execute();
      await trx.deleteFrom('written_month').execute();
      const months = [...written].map(([month, really]) => ({ month, really }));
      if (months.length > 0) await trx.insertInto('written_month').values(months).execute();
    });
  }
}

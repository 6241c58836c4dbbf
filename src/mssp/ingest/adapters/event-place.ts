import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Migrations } from '../../../platform/storage/migrations.js';
import type { PlatformDatabase } from '../../../platform/storage/platform-database.js';
import { PostgresRefused } from '../../../platform/storage/postgres/check-role.js';
import { monthsIn } from './event-files.js';

/** Where events are, as EVENT_STORE says. */
export type EventPlace = 'files' | 'postgres';

/** Notes in the platform's database that events are in PostgreSQL. */
export const eventPlaceMigrations: Migrations = {
  'events-0001-place': {
    async up(db) {
      await sql`CREATE TABLE event_place (place TEXT PRIMARY KEY) STRICT, WITHOUT ROWID`.execute(db);
    },
  },
};

/**
 * Looks whether events are where they are said to be, so that none are overlooked; they are not moved. The first start with events in PostgreSQL notes it there.
 * @throws PostgresRefused where there are events in the other place.
 */
export async function settleEventPlace(place: EventPlace, dataDir: string, platform: PlatformDatabase): Promise<void> {
  const db = await platform.get<{ event_place: { place: string } }>();
  if (place === 'postgres') {
    if (hasEventFiles(dataDir))
      throw new PostgresRefused(
        'EVENT_STORE is postgres, but GATRA_DATA_DIR has events of its own, which would not be seen any more: take another data directory, or leave EVENT_STORE out',
      );
    await sql`INSERT INTO event_place (place) VALUES (${place}) ON CONFLICT (place) DO NOTHING`.execute(db);
    return;
  }
  if (await db.selectFrom('event_place').selectAll().executeTakeFirst())
    throw new PostgresRefused(
      'the database that DATABASE_URL names has events, which would not be seen any more: set EVENT_STORE to postgres, as the processes have that stored them',
    );
}

function hasEventFiles(dataDir: string): boolean {
  const tenants = join(dataDir, 'tenants');
  return existsSync(tenants) && readdirSync(tenants).some((name) => monthsIn(join(tenants, name)).length > 0);
}

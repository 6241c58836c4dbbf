import { Kysely, sql } from 'kysely';
import { DEFAULT_MIGRATION_TABLE, type Migration, Migrator } from 'kysely/migration';

/** Numbered steps of one schema, by name (`audit-0001-log`). Names are never reused and steps never changed once released. */
export type Migrations = Readonly<Record<string, Migration>>;

/** A store that a later version of the program has written, which this one must not touch. */
export class StoreVersionError extends Error {
  override readonly name = 'StoreVersionError';
}

/**
 * Brings a database up to date under Kysely's migration lock. Nothing of it is changed, not even how it keeps its log, before it is known to be of no later version.
 * @throws the first failing step's error.
 * @throws StoreVersionError where a later version of the program has worked on it.
 */
export async function migrate(db: Kysely<unknown>, migrations: Migrations): Promise<void> {
  await refuseLater(db, migrations);
  await sql`PRAGMA journal_mode = WAL`.execute(db);
  const migrator = new Migrator({ db, allowUnorderedMigrations: true, provider: { getMigrations: async () => ({ ...migrations }) } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error instanceof Error ? error : new Error('migration failed', { cause: error });
}

async function refuseLater(db: Kysely<unknown>, migrations: Migrations): Promise<void> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === DEFAULT_MIGRATION_TABLE)) return;
  const { rows } = await sql<{ name: string }>`SELECT name FROM ${sql.table(DEFAULT_MIGRATION_TABLE)} ORDER BY name`.execute(db);
  refuseUnknownSteps(
    rows.map(({ name }) => name),
    migrations,
  );
}

/** @throws StoreVersionError where a step was done that is not known here. */
export function refuseUnknownSteps(done: readonly string[], migrations: Migrations): void {
  const later = done.find((name) => !(name in migrations));
  if (later === undefined) return;
  const known = Object.keys(migrations).sort();
  throw new StoreVersionError(
    `The store was written by a later version of GATRA (its step ${later} is not known here; this one knows ${known.length} steps, the last of them ${known.at(-1) ?? 'none'}): start that version, or restore a backup from before.`,
  );
}

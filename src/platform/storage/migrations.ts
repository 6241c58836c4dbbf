import { Kysely } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';

/** Numbered steps of one schema, by name (`audit-0001-log`). Names are never reused and steps never changed once released. */
export type Migrations = Readonly<Record<string, Migration>>;

/**
 * Brings a database up to date under Kysely's migration lock.
 * @throws the first failing step's error.
 */
export async function migrate(db: Kysely<unknown>, migrations: Migrations): Promise<void> {
  const migrator = new Migrator({ db, allowUnorderedMigrations: true, provider: { getMigrations: async () => ({ ...migrations }) } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error instanceof Error ? error : new Error('migration failed', { cause: error });
}

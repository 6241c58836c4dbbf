import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { RetiredTenants } from '../tenancy/retired-tenants.js';
import type { Databases, DatabaseSteps } from './databases.js';
import { PostgresRefused } from './postgres/check-role.js';
import { openPostgres, type PostgresUrls } from './postgres/open-postgres.js';
import type { PoolListener } from './postgres/postgres-pool.js';
import { SqliteDatabases } from './sqlite-databases.js';
import type { SqliteListener } from './sqlite-listener.js';

const ALREADY_IN_FILES =
  'DATABASE_URL is set, but GATRA_DATA_DIR has cases and keys of its own (platform.db), which would not be seen any more: take another data directory, or leave DATABASE_URL out';

/** Where the databases are. */
export interface DatabasePlace {
  readonly dataDir: string;
  /** Null where they are files of the data directory. */
  readonly postgres: PostgresUrls | null;
}

/** What databases tell whoever measures them and watches over them, whichever they are. */
export type DatabaseListener = SqliteListener & PoolListener;

/** What they are opened with. */
export interface DatabaseParts {
  readonly retired?: RetiredTenants;
  readonly listener?: DatabaseListener;
}

/**
 * Opens the databases where they are.
 * @throws StoreVersionError where a later version of the program has worked on them.
 * @throws PostgresRefused where PostgreSQL cannot be worked with as it is, or cannot be reached, and where files of the data directory hold the databases already.
 */
export async function openDatabases(
  { dataDir, postgres }: DatabasePlace,
  steps: DatabaseSteps,
  parts: DatabaseParts = {},
): Promise<Databases> {
  if (postgres !== null && existsSync(join(dataDir, 'platform.db'))) throw new PostgresRefused(ALREADY_IN_FILES);
  return postgres === null ? new SqliteDatabases(dataDir, steps, parts) : openPostgres(postgres, steps, parts);
}

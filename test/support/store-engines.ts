import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { databaseSteps } from '../../src/database-steps.js';
import type { PlatformDatabase } from '../../src/platform/storage/platform-database.js';
import { openPostgres } from '../../src/platform/storage/postgres/open-postgres.js';
import { SqliteDatabases } from '../../src/platform/storage/sqlite-databases.js';
import type { TenantDatabases } from '../../src/platform/storage/tenant-databases.js';
import { describeWithPostgres, type PostgresServer } from './postgres-server.js';

/** Empty databases with all tables of this version. */
export interface OpenedStores {
  readonly tenants: TenantDatabases;
  readonly platform: PlatformDatabase;
  /** Another process on the same databases. */
  beside(): Promise<OpenedStores>;
  close(): Promise<void>;
}

/** Opens databases of their own for a test. */
export type OpenStores = () => Promise<OpenedStores>;

/** What cases, work, audit and keys are kept in. */
export type Engine = 'sqlite' | 'postgres';

/** Describes what is the same on every engine. */
export function describeOnEngines(title: string, suite: (open: OpenStores, engine: Engine) => void): void {
  describe(`${title}, in SQLite`, () => suite(openSqlite, 'sqlite'));
  describeWithPostgres(`${title}, in PostgreSQL`, (server) => suite(async () => openIn(server(), await server().database()), 'postgres'));
}

/** Opens databases in files. */
export async function openSqlite(): Promise<OpenedStores> {
  const directory = mkdtempSync(join(tmpdir(), 'gatra-stores-'));
  const opened = openFiles(directory);
  return {
    ...opened,
    async close() {
      await opened.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function openFiles(directory: string): OpenedStores {
  const databases = new SqliteDatabases(directory, databaseSteps);
  const { tenants, platform } = databases;
  return { tenants, platform, beside: async () => openFiles(directory), close: () => databases.close() };
}

/** Opens a database of a server, with the tables in it. */
export async function openIn(server: PostgresServer, database: string): Promise<OpenedStores> {
  const stores = await openPostgres({ app: server.url(database, 'gatra_app'), owner: null }, databaseSteps);
  const { platform, tenants } = stores;
  return { platform, tenants, beside: () => openIn(server, database), close: () => stores.close() };
}

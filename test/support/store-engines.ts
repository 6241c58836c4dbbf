import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PlatformDatabase } from '../../src/platform/storage/platform-database.js';
import { openPostgres } from '../../src/platform/storage/postgres/open-postgres.js';
import { SqlitePlatformDatabase } from '../../src/platform/storage/sqlite-platform-database.js';
import { SqliteTenantDatabases } from '../../src/platform/storage/sqlite-tenant-databases.js';
import { SqliteThread } from '../../src/platform/storage/sqlite-thread.js';
import type { TenantDatabases } from '../../src/platform/storage/tenant-databases.js';
import { ALL_STEPS, describeWithPostgres, type PostgresServer } from './postgres-server.js';

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
  const thread = new SqliteThread();
  const tenants = new SqliteTenantDatabases(thread, directory, ALL_STEPS.tenants);
  const platform = new SqlitePlatformDatabase(thread, directory, ALL_STEPS.platform);
  return {
    tenants,
    platform,
    beside: async () => openFiles(directory),
    async close() {
      await tenants.closeAll();
      await platform.close();
      await thread.end();
    },
  };
}

/** Opens a database of a server, with the tables in it. */
export async function openIn(server: PostgresServer, database: string): Promise<OpenedStores> {
  const stores = await openPostgres({ app: server.url(database, 'gatra_app') }, ALL_STEPS);
  return { ...stores, beside: () => openIn(server, database) };
}

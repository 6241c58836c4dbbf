import type { PlatformDatabase } from './platform-database.js';
import type { Migrations } from './migrations.js';
import type { TenantDatabases } from './tenant-databases.js';

/** Whose tables they are. Where all tenants share an engine's tables, each has rows of its own in them. */
export type TableOwner = 'tenants' | 'platform';

/** The steps of the tenants' tables and of the platform's. */
export interface DatabaseSteps extends Readonly<Record<TableOwner, Migrations>> {
  /** Of the tenants' tables that there are only where all tenants share an engine's tables. */
  readonly shared: Migrations;
}

/** The databases of the platform and of its tenants, which are opened together: files, or PostgreSQL. */
export abstract class Databases {
  abstract readonly platform: PlatformDatabase;
  abstract readonly tenants: TenantDatabases;

  /** Lets go of all of them; nothing may be asked of them afterwards. */
  abstract close(): Promise<void>;
}

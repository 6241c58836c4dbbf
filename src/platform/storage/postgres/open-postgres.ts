import { RetiredTenants } from '../../tenancy/retired-tenants.js';
import { checkRole } from './check-role.js';
import { migratePostgres, type PostgresSteps } from './migrate-postgres.js';
import { PostgresPlatformDatabase } from './postgres-platform-database.js';
import { NOBODY_LISTENS, PostgresPool, type PoolListener } from './postgres-pool.js';
import { PostgresTenantDatabases } from './postgres-tenant-databases.js';

/** Where PostgreSQL is, and who one is there. */
export interface PostgresUrls {
  /** As a role that row-level security binds. */
  readonly app: string;
  /** As the role that owns the tables; left out where they are kept up to date by somebody else. */
  readonly owner?: string | undefined;
}

/** The platform's and the tenants' databases in PostgreSQL. */
export interface OpenPostgres {
  readonly platform: PostgresPlatformDatabase;
  readonly tenants: PostgresTenantDatabases;
  close(): Promise<void>;
}

/** Connections of one process: what works for a tenant may ask the platform meanwhile, so each has its own. */
const MOST_TENANT_CONNECTIONS = 16;
const MOST_PLATFORM_CONNECTIONS = 4;

/**
 * Opens the databases: brings the tables up to date where the owner is known, and looks at what the application's role may do.
 * @throws PostgresRefused, StoreVersionError, and what the driver throws where nobody answers.
 */
export async function openPostgres(
  urls: PostgresUrls,
  steps: PostgresSteps,
  { retired, listener }: { readonly retired?: RetiredTenants; readonly listener?: PoolListener } = {},
): Promise<OpenPostgres> {
  const platformPool = new PostgresPool('platform', urls.app, MOST_PLATFORM_CONNECTIONS, listener ?? NOBODY_LISTENS);
  try {
    const client = await platformPool.connect();
    try {
      const { rows } = await client.query<{ role: string }>('SELECT current_user AS role');
      if (urls.owner !== undefined) await migratePostgres(urls.owner, rows[0]?.role ?? '', steps);
      await checkRole(client, steps);
    } finally {
      platformPool.release(client, false);
    }
  } catch (error) {
    await platformPool.end();
    throw error;
  }
  const tenantPool = new PostgresPool('cases', urls.app, MOST_TENANT_CONNECTIONS, listener ?? NOBODY_LISTENS);
  const platform = new PostgresPlatformDatabase(platformPool);
  const tenants = new PostgresTenantDatabases(tenantPool, retired);
  return {
    platform,
    tenants,
    async close() {
      await tenants.closeAll();
      await platform.close();
      await Promise.all([tenantPool.end(), platformPool.end()]);
    },
  };
}

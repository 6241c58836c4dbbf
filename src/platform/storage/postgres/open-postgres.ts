import type { RetiredTenants } from '../../tenancy/retired-tenants.js';
import { DatabaseAway } from '../database-away.js';
import type { Databases, DatabaseSteps } from '../databases.js';
import { checkRole, PostgresRefused } from './check-role.js';
import { migratePostgres } from './migrate-postgres.js';
import { PostgresPlatformDatabase } from './postgres-platform-database.js';
import { NOBODY_LISTENS, PostgresPool, type PoolListener } from './postgres-pool.js';
import { PostgresTenantDatabases } from './postgres-tenant-databases.js';
import { toDatabaseAway } from './to-database-away.js';

/** Where PostgreSQL is, and who one is there. Secrets: they may hold passwords. */
export interface PostgresUrls {
  /** As a role that row-level security binds. */
  readonly app: string;
  /** As the role that owns the tables; null where they are kept up to date by somebody else. */
  readonly owner: string | null;
}

/** Connections of one process: what works for a tenant may ask the platform meanwhile, so each has its own. */
const MOST_TENANT_CONNECTIONS = 16;
const MOST_PLATFORM_CONNECTIONS = 4;

/**
 * Opens the databases: brings the tables up to date where the owner is known, and looks at what the application's role may do.
 * @throws PostgresRefused also where nobody answers.
 * @throws StoreVersionError
 */
export async function openPostgres(
  urls: PostgresUrls,
  steps: DatabaseSteps,
  { retired, listener = NOBODY_LISTENS }: { readonly retired?: RetiredTenants; readonly listener?: PoolListener } = {},
): Promise<Databases> {
  const platformPool = new PostgresPool('platform', urls.app, MOST_PLATFORM_CONNECTIONS, listener);
  try {
    await prepare(platformPool, urls, steps);
  } catch (error) {
    await platformPool.end();
    throw toRefusal(error);
  }
  const tenantPool = new PostgresPool('cases', urls.app, MOST_TENANT_CONNECTIONS, listener);
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

async function prepare(pool: PostgresPool, urls: PostgresUrls, steps: DatabaseSteps): Promise<void> {
  const client = await pool.connect();
  try {
    const { rows } = await client.query<{ role: string }>('SELECT current_user AS role');
    if (urls.owner !== null) await migratePostgres(urls.owner, rows[0]?.role ?? '', steps);
    await checkRole(client, steps);
  } finally {
    pool.release(client, false);
  }
}

/** What an operator can set right is said plainly, without the URL; what is not understood stays as it is. */
function toRefusal(error: unknown): unknown {
  const away = toDatabaseAway(error);
  const { code, message } = (away instanceof DatabaseAway ? away.cause : error) as { code?: unknown; message?: unknown };
  if (away instanceof DatabaseAway)
    return new PostgresRefused(`the database that DATABASE_URL names cannot be reached (${String(code ?? message)})`);
  const isTurnedAway = typeof code === 'string' && /^(28|3D)/.test(code);
  return isTurnedAway ? new PostgresRefused(`PostgreSQL does not let DATABASE_URL or DATABASE_MIGRATION_URL in (SQLSTATE ${code})`) : error;
}

import type { Transaction } from 'kysely';
import type { TenantId } from '../../contracts/tenant.js';
import { appendAudit } from '../audit/append-audit.js';
import { PLATFORM_LOG } from '../audit/audit-log.js';
import type { AuditEntry } from '../audit/audit-record.js';
import type { AuditTables } from '../audit/audit-tables.js';
import type { SharedChanges } from '../changes/shared-changes.js';
import { tenantRevocation } from '../revocation/revocation.js';
import { addRevocation, type RevocationTables } from '../revocation/revocation-tables.js';
import type { PlatformDatabase } from '../storage/platform-database.js';
import { ABSENT_SETTINGS, type Tenant } from './tenant.js';
import { TenantDirectory } from './tenant-directory.js';

interface Tables extends AuditTables, RevocationTables {
  tenant: { tenant_id: string; version: number; document: string };
  /** One row, counted up by whoever changes a tenant. */
  tenant_revision: { revision: number };
  tenant_erasure: { tenant_id: string };
}

/** A tenant as it may have been stored before there were all of these. */
type EarlierTenant = Omit<Tenant, keyof typeof ABSENT_SETTINGS | 'legal_hold'>;

interface Loaded {
  readonly revision: number;
  readonly tenants: Map<TenantId, Tenant>;
}

/**
 * Tenants in the platform's database, held in memory as well; `refresh` sees by a counter whether another process changed any. A tenant that takes
 * the name of a deleted one takes none of its tokens: an identity provider may have issued some until now.
 */
export class SqliteTenantDirectory extends TenantDirectory {
  private loaded: Promise<Loaded> | undefined;
  private refreshing: Promise<void> | undefined;

  /** @param changes told of revocations; left out where nobody is served. */
  constructor(
    private readonly database: PlatformDatabase,
    private readonly changes?: Pick<SharedChanges, 'announce'>,
  ) {
    super();
  }

  async find(tenant: TenantId): Promise<Tenant | undefined> {
    return (await this.all()).get(tenant);
  }

  async list(): Promise<readonly Tenant[]> {
    return [...(await this.all()).values()].sort((a, b) => (a.tenant_id < b.tenant_id ? -1 : 1));
  }

  async add(tenant: Tenant, audit: AuditEntry): Promise<boolean> {
    const db = await this.database.get<Tables>();
    const added = await db.transaction().execute(async (trx) => {
      const { numInsertedOrUpdatedRows } = await trx
        .insertInto('tenant')
        .values({ tenant_id: tenant.tenant_id, version: tenant.version, document: JSON.stringify(tenant) })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      if (numInsertedOrUpdatedRows !== 1n) return false;
      await appendAudit(trx, PLATFORM_LOG, tenant.updated_at, [audit]);
      await endTokensOfNamesake(trx, tenant);
      return true;
    });
    if (added) await this.changes?.announce();
    if (added) await this.take(tenant);
    else await this.refresh();
    return added;
  }

  async replace(tenant: Tenant, audit: AuditEntry): Promise<boolean> {
    const db = await this.database.get<Tables>();
    const replaced = await db.transaction().execute(async (trx) => {
      const { numUpdatedRows } = await trx
        .updateTable('tenant')
        .set({ version: tenant.version, document: JSON.stringify(tenant) })
        .where('tenant_id', '=', tenant.tenant_id)
        .where('version', '=', tenant.version - 1)
        .executeTakeFirst();
      if (numUpdatedRows !== 1n) return false;
      await appendAudit(trx, PLATFORM_LOG, tenant.updated_at, [audit]);
      return true;
    });
    if (replaced) await this.take(tenant);
    else await this.refresh();
    return replaced;
  }

  override refresh(): Promise<void> {
    this.refreshing ??= this.reload().finally(() => (this.refreshing = undefined));
    return this.refreshing;
  }

  /** What this process changed is known at once; the counter is left behind, so that the next look takes up whatever else was changed. */
  private async take(tenant: Tenant): Promise<void> {
    const known = await this.all();
    const current = known.get(tenant.tenant_id);
    if (current && current.created_at === tenant.created_at && current.version > tenant.version) return;
    known.set(tenant.tenant_id, tenant);
    this.changed(tenant.tenant_id, tenant);
  }

  private async reload(): Promise<void> {
    const { revision, tenants } = await this.load();
    if (revision === (await this.revision())) return;
    const before = new Map(tenants);
    this.loaded = undefined;
    const { tenants: after } = await this.load();
    for (const [id, tenant] of after) if (JSON.stringify(before.get(id)) !== JSON.stringify(tenant)) this.changed(id, tenant);
    for (const id of before.keys()) if (!after.has(id)) this.changed(id, undefined);
  }

  private async all(): Promise<Map<TenantId, Tenant>> {
    return (await this.load()).tenants;
  }

  private load(): Promise<Loaded> {
    if (!this.loaded) {
      const loading = this.read();
      this.loaded = loading;
      loading.catch(() => {
        if (this.loaded === loading) this.loaded = undefined;
      });
    }
    return this.loaded;
  }

  /** The counter is read first: what is changed meanwhile is read again. */
  private async read(): Promise<Loaded> {
    const revision = await this.revision();
    const db = await this.database.get<Tables>();
    const rows = await db.selectFrom('tenant').select('document').execute();
    const tenants = rows.map((row) => ({ ...ABSENT_SETTINGS, legal_hold: null, ...(JSON.parse(row.document) as EarlierTenant) }));
    return { revision, tenants: new Map(tenants.map((tenant) => [tenant.tenant_id, tenant])) };
  }

  private async revision(): Promise<number> {
    const db = await this.database.get<Tables>();
    return (await db.selectFrom('tenant_revision').select('revision').executeTakeFirstOrThrow()).revision;
  }
}

/** Where a tenant of this name was deleted, what was issued for it before this moment stays refused. */
async function endTokensOfNamesake(trx: Transaction<Tables>, { tenant_id: tenant, created_at: at }: Tenant): Promise<void> {
  const earlier = await trx.selectFrom('tenant_erasure').select('tenant_id').where('tenant_id', '=', tenant).limit(1).executeTakeFirst();
  if (earlier) await addRevocation(trx, tenantRevocation(tenant, Date.parse(at) - 1));
}

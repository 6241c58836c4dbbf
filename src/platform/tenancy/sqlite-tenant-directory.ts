import type { TenantId } from '../../contracts/tenant.js';
import { appendAudit } from '../audit/append-audit.js';
import { PLATFORM_LOG } from '../audit/audit-log.js';
import type { AuditEntry } from '../audit/audit-record.js';
import type { AuditTables } from '../audit/audit-tables.js';
import type { PlatformDatabase } from '../storage/platform-database.js';
import type { Tenant } from './tenant.js';
import { TenantDirectory } from './tenant-directory.js';

interface Tables extends AuditTables {
  tenant: { tenant_id: string; version: number; document: string };
}

/** Tenants in the platform's database, held in memory as well: this process is the only writer of its file. */
export class SqliteTenantDirectory extends TenantDirectory {
  private loaded: Promise<Map<TenantId, Tenant>> | undefined;

  constructor(private readonly database: PlatformDatabase) {
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
      return true;
    });
    if (added) (await this.all()).set(tenant.tenant_id, tenant);
    else this.loaded = undefined;
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
    if (replaced) (await this.all()).set(tenant.tenant_id, tenant);
    return replaced;
  }

  private all(): Promise<Map<TenantId, Tenant>> {
    this.loaded ??= this.load();
    return this.loaded;
  }

  private async load(): Promise<Map<TenantId, Tenant>> {
    const db = await this.database.get<Tables>();
    const rows = await db.selectFrom('tenant').select('document').execute();
    const tenants = rows.map((row) => ({ outbound_allow: [], ...(JSON.parse(row.document) as Omit<Tenant, 'outbound_allow'>) }));
    return new Map(tenants.map((tenant) => [tenant.tenant_id, tenant]));
  }
}

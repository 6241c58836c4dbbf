import type { TenantId } from '../../contracts/tenant.js';
import type { PlatformDatabase } from '../storage/platform-database.js';
import { ABSENT_SETTINGS, type TenantSettings } from './tenant.js';

interface Tables {
  tenant_file_entry: { tenant_id: string; settings: string };
  tenant_erasure: { tenant_id: string };
}

/** What the tenants file said of each tenant when it was last taken up, in the platform's database. */
export class TenantFileEntries {
  constructor(private readonly database: PlatformDatabase) {}

  async find(tenant: TenantId): Promise<TenantSettings | undefined> {
    const db = await this.database.get<Tables>();
    const row = await db.selectFrom('tenant_file_entry').select('settings').where('tenant_id', '=', tenant).executeTakeFirst();
    return row && { ...ABSENT_SETTINGS, ...(JSON.parse(row.settings) as TenantSettings) };
  }

  async keep(entry: TenantSettings): Promise<void> {
    const db = await this.database.get<Tables>();
    const settings = JSON.stringify(entry);
    await db
      .insertInto('tenant_file_entry')
      .values({ tenant_id: entry.tenant_id, settings })
      .onConflict((conflict) => conflict.column('tenant_id').doUpdateSet({ settings }))
      .execute();
  }

  /** Whether a tenant with this id was deleted. */
  async wasDeleted(tenant: TenantId): Promise<boolean> {
    const db = await this.database.get<Tables>();
    const row = await db.selectFrom('tenant_erasure').select('tenant_id').where('tenant_id', '=', tenant).limit(1).executeTakeFirst();
    return row !== undefined;
  }
}

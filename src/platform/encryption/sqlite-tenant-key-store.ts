import { sql } from 'kysely';
import type { TenantId } from '../../contracts/tenant.js';
import { appendAudit } from '../audit/append-audit.js';
import { PLATFORM_LOG } from '../audit/audit-log.js';
import type { AuditEntry } from '../audit/audit-record.js';
import type { AuditTables } from '../audit/audit-tables.js';
import type { PlatformDatabase } from '../storage/platform-database.js';
import { TenantKeyStore, type StoredTenantKey } from './tenant-key-store.js';

interface Tables extends AuditTables {
  tenant_key: { tenant_id: string; purpose: string; number: number; kek_id: string; wrapped: Uint8Array; created_at: string };
}

/** Wrapped keys in the platform's database, which overwrites what is deleted. */
export class SqliteTenantKeyStore extends TenantKeyStore {
  constructor(private readonly database: PlatformDatabase) {
    super();
  }

  async list(tenant?: TenantId): Promise<readonly StoredTenantKey[]> {
    const db = await this.database.get<Tables>();
    const rows = await db
      .selectFrom('tenant_key')
      .selectAll()
      .$if(tenant !== undefined, (query) => query.where('tenant_id', '=', tenant ?? ''))
      .orderBy('tenant_id')
      .orderBy('number')
      .execute();
    return rows as unknown as StoredTenantKey[];
  }

  async newest(): Promise<ReadonlyMap<TenantId, number>> {
    const db = await this.database.get<Tables>();
    const rows = await db
      .selectFrom('tenant_key')
      .select(({ fn }) => ['tenant_id', fn.max('number').as('number')])
      .where('purpose', '=', 'data')
      .groupBy('tenant_id')
      .execute();
    return new Map(rows.map(({ tenant_id, number }) => [tenant_id as TenantId, number]));
  }

  async add(keys: readonly StoredTenantKey[], audit: AuditEntry): Promise<boolean> {
    const db = await this.database.get<Tables>();
    const at = keys[0]?.created_at ?? '';
    return db.transaction().execute(async (trx) => {
      for (const { tenant_id, purpose, number } of keys) {
        const taken = await trx
          .selectFrom('tenant_key')
          .select('number')
          .where('tenant_id', '=', tenant_id)
          .where('purpose', '=', purpose)
          .where('number', '=', number)
          .executeTakeFirst();
        if (taken) return false;
      }
      await trx
        .insertInto('tenant_key')
        .values(keys.map((key) => ({ ...key })))
        .execute();
      await appendAudit(trx, PLATFORM_LOG, at, [audit]);
      return true;
    });
  }

  async rewrap(keys: readonly StoredTenantKey[], at: string, audit: AuditEntry): Promise<void> {
    const db = await this.database.get<Tables>();
    await db.transaction().execute(async (trx) => {
      for (const { tenant_id, purpose, number, kek_id, wrapped } of keys) {
        await trx
          .updateTable('tenant_key')
          .set({ kek_id, wrapped })
          .where('tenant_id', '=', tenant_id)
          .where('purpose', '=', purpose)
          .where('number', '=', number)
          .execute();
      }
      await appendAudit(trx, PLATFORM_LOG, at, [audit]);
    });
    await this.database.scrub();
  }

  async destroy(tenant: TenantId): Promise<number> {
    const db = await this.database.get<Tables>();
    const { rows } = await sql`DELETE FROM tenant_key WHERE tenant_id = ${tenant} RETURNING number`.execute(db);
    await this.database.scrub();
    return rows.length;
  }
}

import { sql } from 'kysely';
import type { TenantId } from '../../contracts/tenant.js';
import { appendAudit } from '../../platform/audit/append-audit.js';
import type { AuditEntry } from '../../platform/audit/audit-record.js';
import type { AuditTables } from '../../platform/audit/audit-tables.js';
import type { TenantDatabases } from '../../platform/storage/tenant-databases.js';
import { EXTERNAL_LISTS, ExternalListStore, LARGEST_LIST, type ExternalList, type ExternalListSummary } from '../domain/external-list.js';
import type { ContainmentTables } from './containment-tables.js';

type Tables = ContainmentTables & AuditTables;

/** External lists in the tenant's own database. */
export class SqliteExternalListStore extends ExternalListStore {
  constructor(private readonly databases: TenantDatabases) {
    super();
  }

  async publish(tenant: TenantId, list: ExternalList, entry: { value: string; actionId: string; at: string }): Promise<boolean> {
    const db = await this.databases.of<Tables>(tenant);
    return db.transaction().execute(async (trx) => {
      const others = await trx
        .selectFrom('external_list_entry')
        .select(sql<number>`count(DISTINCT value)`.as('entries'))
        .where('list', '=', list)
        .where('value', '!=', entry.value)
        .executeTakeFirst();
      if ((others?.entries ?? 0) >= LARGEST_LIST) return false;
      await trx
        .insertInto('external_list_entry')
        .values({ list, value: entry.value, action_id: entry.actionId, added_at: entry.at })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      return true;
    });
  }

  async withdraw(tenant: TenantId, list: ExternalList, { value, actionId }: { value: string; actionId: string }): Promise<boolean> {
    const db = await this.databases.of<Tables>(tenant);
    return db.transaction().execute(async (trx) => {
      await trx
        .deleteFrom('external_list_entry')
        .where('list', '=', list)
        .where('value', '=', value)
        .where('action_id', '=', actionId)
        .execute();
      const left = await trx
        .selectFrom('external_list_entry')
        .select('action_id')
        .where('list', '=', list)
        .where('value', '=', value)
        .limit(1)
        .executeTakeFirst();
      return left !== undefined;
    });
  }

  async holds(tenant: TenantId, list: ExternalList, { value, actionId }: { value: string; actionId: string }): Promise<boolean> {
    const db = await this.databases.of<Tables>(tenant);
    const row = await db
      .selectFrom('external_list_entry')
      .select('value')
      .where('list', '=', list)
      .where('value', '=', value)
      .where('action_id', '=', actionId)
      .executeTakeFirst();
    return row !== undefined;
  }

  async values(tenant: TenantId, list: ExternalList): Promise<readonly string[]> {
    const db = await this.databases.of<Tables>(tenant);
    const rows = await db.selectFrom('external_list_entry').select('value').distinct().where('list', '=', list).orderBy('value').execute();
    return rows.map(({ value }) => value);
  }

  async summaries(tenant: TenantId): Promise<readonly ExternalListSummary[]> {
    const db = await this.databases.of<Tables>(tenant);
    const counts = await db
      .selectFrom('external_list_entry')
      .select(['list', sql<number>`count(DISTINCT value)`.as('entries')])
      .groupBy('list')
      .execute();
    const credentials = await db.selectFrom('external_list_credential').select(['list', 'created_at']).execute();
    return EXTERNAL_LISTS.map((list) => ({
      list,
      entries: counts.find((row) => row.list === list)?.entries ?? 0,
      credential_at: credentials.find((row) => row.list === list)?.created_at ?? null,
    }));
  }

  async credentialHash(tenant: TenantId, list: ExternalList): Promise<string | undefined> {
    const db = await this.databases.of<Tables>(tenant);
    const row = await db.selectFrom('external_list_credential').select('hash').where('list', '=', list).executeTakeFirst();
    return row?.hash;
  }

  async setCredential(tenant: TenantId, list: ExternalList, hash: string, at: string, audit: AuditEntry): Promise<void> {
    const db = await this.databases.of<Tables>(tenant);
    await db.transaction().execute(async (trx) => {
      await trx
        .insertInto('external_list_credential')
        .values({ list, hash, created_at: at })
        .onConflict((conflict) => conflict.column('list').doUpdateSet({ hash, created_at: at }))
        .execute();
      await appendAudit(trx, tenant, at, [audit]);
    });
  }
}

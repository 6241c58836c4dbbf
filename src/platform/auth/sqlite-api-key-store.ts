import type { Selectable } from 'kysely';
import type { TenantId } from '../../contracts/tenant.js';
import { appendAudit } from '../audit/append-audit.js';
import { PLATFORM_LOG } from '../audit/audit-log.js';
import type { AuditEntry } from '../audit/audit-record.js';
import type { AuditTables } from '../audit/audit-tables.js';
import type { Clock } from '../clock/clock.js';
import type { PlatformDatabase } from '../storage/platform-database.js';
import { ApiKeyStore, type StoredApiKey } from './api-key-store.js';
import type { Role } from './permissions.js';

interface ApiKeyTable {
  key_id: string;
  tenant_id: string | null;
  principal: string;
  kind: string;
  roles: string;
  hash: string;
  label: string;
  created_at: string;
  created_by: string;
  expires_at: string | null;
  revoked_at: string | null;
  last_used_at: string | null;
}

interface Tables extends AuditTables {
  api_key: ApiKeyTable;
}

/** API keys in the platform's database. */
export class SqliteApiKeyStore extends ApiKeyStore {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly clock: Clock,
  ) {
    super();
  }

  async find(keyId: string): Promise<StoredApiKey | undefined> {
    const db = await this.database.get<Tables>();
    const row = await db.selectFrom('api_key').selectAll().where('key_id', '=', keyId).executeTakeFirst();
    return row && toKey(row);
  }

  async list(tenant: TenantId, page: { readonly limit: number; readonly before?: string }): Promise<readonly StoredApiKey[]> {
    const db = await this.database.get<Tables>();
    const rows = await db
      .selectFrom('api_key')
      .selectAll()
      .where('tenant_id', '=', tenant)
      .$if(page.before !== undefined, (q) => q.where((eb) => eb(eb.fn('concat', ['created_at', 'key_id']), '<', page.before ?? '')))
      .orderBy('created_at', 'desc')
      .orderBy('key_id', 'desc')
      .limit(page.limit)
      .execute();
    return rows.map(toKey);
  }

  async add(keys: readonly StoredApiKey[], audit: readonly AuditEntry[]): Promise<void> {
    const db = await this.database.get<Tables>();
    await db.transaction().execute(async (trx) => {
      await appendAudit(trx, PLATFORM_LOG, this.clock.isoNow(), audit);
      await trx
        .insertInto('api_key')
        .values(keys.map((key) => ({ ...key, roles: JSON.stringify(key.roles) })))
        .execute();
    });
  }

  async revoke(tenant: TenantId, keyId: string, at: string, audit: AuditEntry): Promise<boolean> {
    const db = await this.database.get<Tables>();
    return db.transaction().execute(async (trx) => {
      const { numUpdatedRows } = await trx
        .updateTable('api_key')
        .set({ revoked_at: at })
        .where('key_id', '=', keyId)
        .where('tenant_id', '=', tenant)
        .where('revoked_at', 'is', null)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return false;
      await appendAudit(trx, PLATFORM_LOG, at, [audit]);
      return true;
    });
  }

  async touch(keyId: string, at: string): Promise<void> {
    const db = await this.database.get<Tables>();
    await db.updateTable('api_key').set({ last_used_at: at }).where('key_id', '=', keyId).execute();
  }
}

function toKey(row: Selectable<ApiKeyTable>): StoredApiKey {
  return {
    ...row,
    tenant_id: row.tenant_id as TenantId | null,
    kind: row.kind === 'collector' ? 'collector' : 'person',
    roles: JSON.parse(row.roles) as Role[],
  };
}

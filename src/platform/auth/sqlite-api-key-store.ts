import type { ExpressionBuilder, ExpressionWrapper, SqlBool, Transaction } from 'kysely';
import { appendAudit } from '../audit/append-audit.js';
import { PLATFORM_LOG } from '../audit/audit-log.js';
import type { AuditEntry } from '../audit/audit-record.js';
import type { AuditTables } from '../audit/audit-tables.js';
import type { Clock } from '../clock/clock.js';
import { keyRevocation, personRevocation } from '../revocation/revocation.js';
import { addRevocation, type RevocationTables } from '../revocation/revocation-tables.js';
import type { PlatformDatabase } from '../storage/platform-database.js';
import { toKey, toRow, type ApiKeyTable } from './api-key-row.js';
import { ApiKeyStore, type KeyOwner, type StoredApiKey } from './api-key-store.js';

interface Tables extends AuditTables, RevocationTables {
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

  async list(owner: KeyOwner, page: { readonly limit: number; readonly before?: string }): Promise<readonly StoredApiKey[]> {
    const db = await this.database.get<Tables>();
    const rows = await db
      .selectFrom('api_key')
      .selectAll()
      .where(ownedBy(owner))
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
      await trx.insertInto('api_key').values(keys.map(toRow)).execute();
    });
  }

  async revoke(owner: KeyOwner, keyId: string, at: string, audit: AuditEntry): Promise<boolean> {
    const db = await this.database.get<Tables>();
    return db.transaction().execute(async (trx) => {
      const { numUpdatedRows } = await trx
        .updateTable('api_key')
        .set({ revoked_at: at })
        .where('key_id', '=', keyId)
        .where(ownedBy(owner))
        .where('revoked_at', 'is', null)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return false;
      await addRevocation(trx, keyRevocation(keyId, Date.parse(at)));
      await appendAudit(trx, PLATFORM_LOG, at, [audit]);
      return true;
    });
  }

  async revokePrincipal(owner: KeyOwner, principal: string, at: string, audit: AuditEntry): Promise<number> {
    const db = await this.database.get<Tables>();
    return db.transaction().execute(async (trx) => {
      const keys = await this.liveKeysOf(trx, owner, principal);
      for (const keyId of keys) {
        await trx.updateTable('api_key').set({ revoked_at: at }).where('key_id', '=', keyId).execute();
        await addRevocation(trx, keyRevocation(keyId, Date.parse(at)));
      }
      await addRevocation(trx, personRevocation(owner, principal, Date.parse(at)));
      await appendAudit(trx, PLATFORM_LOG, at, [{ ...audit, details: { ...audit.details, keys_revoked: keys.length } }]);
      return keys.length;
    });
  }

  async rotate(
    replaced: { readonly keyId: string; readonly endsAt: string },
    successor: StoredApiKey,
    audit: readonly AuditEntry[],
  ): Promise<boolean> {
    const db = await this.database.get<Tables>();
    return db.transaction().execute(async (trx) => {
      const { numUpdatedRows } = await trx
        .updateTable('api_key')
        .set({ replaced_by: successor.key_id, expires_at: replaced.endsAt })
        .where('key_id', '=', replaced.keyId)
        .where(ownedBy(successor.tenant_id))
        .where('revoked_at', 'is', null)
        .where('replaced_by', 'is', null)
        .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', successor.created_at)]))
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return false;
      await trx.insertInto('api_key').values(toRow(successor)).execute();
      await appendAudit(trx, PLATFORM_LOG, successor.created_at, audit);
      return true;
    });
  }

  async touch(keyId: string, at: string, from: string): Promise<void> {
    const db = await this.database.get<Tables>();
    await db.updateTable('api_key').set({ last_used_at: at, last_used_from: from }).where('key_id', '=', keyId).execute();
  }

  async rehash(keyId: string, hash: string, pepperVersion: string): Promise<void> {
    const db = await this.database.get<Tables>();
    await db.updateTable('api_key').set({ hash, pepper_version: pepperVersion }).where('key_id', '=', keyId).execute();
  }

  private async liveKeysOf(trx: Transaction<Tables>, owner: KeyOwner, principal: string): Promise<readonly string[]> {
    const rows = await trx
      .selectFrom('api_key')
      .select('key_id')
      .where(ownedBy(owner))
      .where('principal', '=', principal)
      .where('revoked_at', 'is', null)
      .execute();
    return rows.map((row) => row.key_id);
  }
}

function ownedBy(owner: KeyOwner) {
  return (eb: ExpressionBuilder<Tables, 'api_key'>): ExpressionWrapper<Tables, 'api_key', SqlBool> =>
    owner === null ? eb('tenant_id', 'is', null) : eb('tenant_id', '=', owner);
}

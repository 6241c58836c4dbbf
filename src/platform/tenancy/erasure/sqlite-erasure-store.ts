import { sql, type Transaction } from 'kysely';
import type { TenantId } from '../../../contracts/tenant.js';
import { appendAudit } from '../../audit/append-audit.js';
import { PLATFORM_LOG } from '../../audit/audit-log.js';
import type { AuditEntry } from '../../audit/audit-record.js';
import type { AuditTables } from '../../audit/audit-tables.js';
import { tenantRevocation } from '../../revocation/revocation.js';
import { addRevocation, type RevocationTables } from '../../revocation/revocation-tables.js';
import type { PlatformDatabase } from '../../storage/platform-database.js';
import type { Tenant } from '../tenant.js';
import { ErasureStore } from './erasure-store.js';
import type { TenantErasure } from './tenant-erasure.js';

interface Tables extends AuditTables, RevocationTables {
  tenant: { tenant_id: string; version: number; document: string };
  tenant_erasure: { tenant_id: string; incarnation: number; state: string; document: string };
  api_key: { tenant_id: string | null; hash: string; revoked_at: string | null };
  tenant_key: { tenant_id: string; wrapped: Uint8Array };
  tenant_file_entry: { tenant_id: string; settings: string };
  idempotency: { key: string; body: string | null };
}

/** Deletions of tenants in the platform's database. */
export class SqliteErasureStore extends ErasureStore {
  constructor(private readonly database: PlatformDatabase) {
    super();
  }

  async begin(
    tenant: Tenant,
    erasure: Omit<TenantErasure, 'incarnation'>,
    audit: (incarnation: number) => AuditEntry,
  ): Promise<TenantErasure | undefined> {
    const db = await this.database.get<Tables>();
    const { tenant_id, version } = tenant;
    return db.transaction().execute(async (trx) => {
      const { numUpdatedRows } = await trx
        .updateTable('tenant')
        .set({ version, document: JSON.stringify(tenant) })
        .where('tenant_id', '=', tenant_id)
        .where('version', '=', version - 1)
        .executeTakeFirst();
      if (numUpdatedRows !== 1n) return undefined;
      const at = erasure.requested_at;
      await trx.updateTable('api_key').set({ revoked_at: at }).where('tenant_id', '=', tenant_id).where('revoked_at', 'is', null).execute();
      await addRevocation(trx, tenantRevocation(tenant_id, Date.parse(at)));
      const before = await trx
        .selectFrom('tenant_erasure')
        .select((eb) => eb.fn.max('incarnation').as('last'))
        .where('tenant_id', '=', tenant_id)
        .executeTakeFirst();
      const begun: TenantErasure = { ...erasure, incarnation: (before?.last ?? 0) + 1 };
      await trx.insertInto('tenant_erasure').values(toRow(begun)).execute();
      await appendAudit(trx, PLATFORM_LOG, at, [audit(begun.incarnation)]);
      return begun;
    });
  }

  async latest(tenant: TenantId): Promise<TenantErasure | undefined> {
    const db = await this.database.get<Tables>();
    const row = await db
      .selectFrom('tenant_erasure')
      .select('document')
      .where('tenant_id', '=', tenant)
      .orderBy('incarnation', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row && (JSON.parse(row.document) as TenantErasure);
  }

  async running(): Promise<readonly TenantErasure[]> {
    const db = await this.database.get<Tables>();
    const rows = await db.selectFrom('tenant_erasure').select('document').where('state', '=', 'running').execute();
    return rows.map((row) => JSON.parse(row.document) as TenantErasure);
  }

  async note(erasure: TenantErasure): Promise<void> {
    const db = await this.database.get<Tables>();
    const { state, document } = toRow(erasure);
    await db
      .updateTable('tenant_erasure')
      .set({ state, document })
      .where('tenant_id', '=', erasure.tenant_id)
      .where('incarnation', '=', erasure.incarnation)
      .where('state', '=', 'running')
      .execute();
  }

  async traces(tenant: TenantId): Promise<readonly Buffer[]> {
    const db = await this.database.get<Tables>();
    const hashes = await db.selectFrom('api_key').select('hash').where('tenant_id', '=', tenant).execute();
    const keys = await db.selectFrom('tenant_key').select('wrapped').where('tenant_id', '=', tenant).execute();
    return [...hashes.map(({ hash }) => Buffer.from(hash)), ...keys.map(({ wrapped }) => Buffer.from(wrapped))];
  }

  async purge(tenant: TenantId): Promise<{ readonly api_keys: number; readonly answers: number }> {
    const db = await this.database.get<Tables>();
    const purged = await db.transaction().execute(async (trx) => {
      const keys = await trx.deleteFrom('api_key').where('tenant_id', '=', tenant).executeTakeFirst();
      const named = sql<boolean>`replace(body, ${JSON.stringify({ tenant_id: tenant }).slice(1, -1)}, '') <> body`;
      await bare(trx, tenant);
      await trx.deleteFrom('tenant_file_entry').where('tenant_id', '=', tenant).execute();
      const answers = await trx.deleteFrom('idempotency').where(named).executeTakeFirst();
      return { api_keys: Number(keys.numDeletedRows), answers: Number(answers.numDeletedRows) };
    });
    await this.database.scrub();
    return purged;
  }

  async finish(erasure: TenantErasure, audit: AuditEntry): Promise<boolean> {
    const db = await this.database.get<Tables>();
    const { tenant_id, incarnation, finished_at } = erasure;
    const finished = await db.transaction().execute(async (trx) => {
      const { numUpdatedRows } = await trx
        .updateTable('tenant_erasure')
        .set({ state: erasure.state, document: JSON.stringify(erasure) })
        .where('tenant_id', '=', tenant_id)
        .where('incarnation', '=', incarnation)
        .where('state', '=', 'running')
        .executeTakeFirst();
      if (numUpdatedRows !== 1n) return false;
      await trx.deleteFrom('tenant').where('tenant_id', '=', tenant_id).execute();
      await appendAudit(trx, PLATFORM_LOG, finished_at ?? '', [audit]);
      return true;
    });
    await this.database.scrub();
    return finished;
  }
}

/** Leaves of a tenant only what its erasure works with: the last of it goes with the proof, and the proof must be true when it is read. */
async function bare(trx: Transaction<Tables>, tenant: TenantId): Promise<void> {
  const row = await trx.selectFrom('tenant').select('document').where('tenant_id', '=', tenant).executeTakeFirst();
  if (row === undefined) return;
  const known = JSON.parse(row.document) as Tenant;
  const left: Tenant = {
    ...known,
    name: tenant,
    critical_entities: [],
    webhooks: { notify_url: null, ticket_url: null, actuator_url: null },
    outbound_allow: [],
  };
  await trx
    .updateTable('tenant')
    .set({ document: JSON.stringify(left) })
    .where('tenant_id', '=', tenant)
    .execute();
}

function toRow(erasure: TenantErasure): Tables['tenant_erasure'] {
  const { tenant_id, incarnation, state } = erasure;
  return { tenant_id, incarnation, state, document: JSON.stringify(erasure) };
}

import { appendAudit } from '../audit/append-audit.js';
import { PLATFORM_LOG } from '../audit/audit-log.js';
import type { AuditEntry } from '../audit/audit-record.js';
import type { AuditTables } from '../audit/audit-tables.js';
import type { PlatformDatabase } from '../storage/platform-database.js';
import type { Revocation, RevocationKind } from './revocation.js';
import { RevocationStore, type NumberedRevocation } from './revocation-store.js';
import { addRevocation, type RevocationTables } from './revocation-tables.js';

/** Revocations in the platform's database. */
export class SqliteRevocationStore extends RevocationStore {
  constructor(private readonly database: PlatformDatabase) {
    super();
  }

  async since(seq: number, now: number): Promise<readonly NumberedRevocation[]> {
    const db = await this.database.get<RevocationTables>();
    const rows = await db.selectFrom('revocation').selectAll().where('seq', '>', seq).where('until', '>', now).orderBy('seq').execute();
    return rows.map((row) => ({ ...row, kind: row.kind as RevocationKind }));
  }

  async add(revocation: Revocation, audit: AuditEntry): Promise<void> {
    const db = await this.database.get<AuditTables & RevocationTables>();
    await db.transaction().execute(async (trx) => {
      await appendAudit(trx, PLATFORM_LOG, new Date(revocation.at).toISOString(), [audit]);
      await addRevocation(trx, revocation);
    });
  }

  async prune(now: number): Promise<void> {
    const db = await this.database.get<RevocationTables>();
    await db.deleteFrom('revocation').where('until', '<=', now).execute();
  }
}

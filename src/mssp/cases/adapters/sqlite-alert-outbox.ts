import { sql } from 'kysely';
import type { TenantId } from '../../../contracts/tenant.js';
import { slices } from '../../../platform/storage/slices.js';
import { typed } from '../../../platform/storage/expressions.js';
import type { AlertMessage } from '../domain/alert-message.js';
import { AlertOutbox } from '../domain/alert-outbox.js';
import { messageOfRow } from './alert-messages.js';
import type { CaseFiles } from './case-files.js';

/** Messages in the tenants' databases, sealed as their alerts are. */
export class SqliteAlertOutbox extends AlertOutbox {
  constructor(private readonly cases: CaseFiles) {
    super();
  }

  async waiting(tenant: TenantId, alertIds: readonly string[], limit: number): Promise<readonly AlertMessage[]> {
    if (alertIds.length === 0) return [];
    const { db, owner } = await this.cases.of(tenant);
    const rows = await db
      .selectFrom('alert_message')
      .selectAll()
      .where('alert_id', 'in', alertIds)
      .orderBy('alert_id')
      .orderBy('version')
      .limit(limit)
      .execute();
    return rows.map((row) => messageOfRow(owner, row));
  }

  async remove(tenant: TenantId, messages: readonly AlertMessage[]): Promise<void> {
    const { db } = await this.cases.of(tenant);
    for (const slice of slices(messages)) {
      const keys = sql.join(slice.map(({ alert: { alert_id, version } }) => typed(['text', alert_id], ['bigint', version])));
      await sql`DELETE FROM alert_message WHERE (alert_id, version) IN (VALUES ${keys})`.execute(db);
    }
  }
}

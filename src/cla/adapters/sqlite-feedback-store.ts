import type { Feedback, FeedbackVerdict } from '../../contracts/feedback.js';
import type { TenantId } from '../../contracts/tenant.js';
import { appendAudit } from '../../platform/audit/append-audit.js';
import type { AuditTables } from '../../platform/audit/audit-tables.js';
import type { TenantDatabases } from '../../platform/storage/tenant-databases.js';
import { FeedbackStore } from '../domain/feedback-store.js';

interface Tables extends AuditTables {
  learned_feedback: { alert_id: string; analyst: string; feedback_id: string; rule_id: string; verdict: FeedbackVerdict; at: string };
}

/** Feedback in the tenant's database. */
export class SqliteFeedbackStore extends FeedbackStore {
  constructor(private readonly databases: TenantDatabases) {
    super();
  }

  async keep(tenant: TenantId, feedback: Feedback): Promise<boolean> {
    const { feedback_id, alert_id, analyst, rule_id, verdict, at } = feedback;
    const db = await this.databases.of<Tables>(tenant);
    return db.transaction().execute(async (trx) => {
      const earlier = await trx
        .selectFrom('learned_feedback')
        .select(['feedback_id', 'at'])
        .where('alert_id', '=', alert_id)
        .where('analyst', '=', analyst)
        .executeTakeFirst();
      if (earlier && (earlier.feedback_id === feedback_id || earlier.at > at)) return false;
      await appendAudit(trx, tenant, at, [
        {
          action: 'feedback.learned',
          actor: { type: 'person', id: analyst },
          target: { type: 'rule', id: rule_id },
          outcome: 'success',
          correlation_id: feedback.correlation_id,
          details: { alert_id, verdict },
        },
      ]);
      await trx
        .insertInto('learned_feedback')
        .values({ alert_id, analyst, feedback_id, rule_id, verdict, at })
        .onConflict((conflict) => conflict.columns(['alert_id', 'analyst']).doUpdateSet({ feedback_id, verdict, at }))
        .execute();
      return true;
    });
  }

  async ofRule(tenant: TenantId, ruleId: string): Promise<readonly { readonly verdict: FeedbackVerdict; readonly analyst: string }[]> {
    const db = await this.databases.of<Tables>(tenant);
    return db.selectFrom('learned_feedback').select(['verdict', 'analyst']).where('rule_id', '=', ruleId).execute();
  }
}

import { createHash } from 'node:crypto';
import { sql, type Kysely } from 'kysely';
import { canonicalJson } from '../../platform/audit/canonical-json.js';

const PAGE = 500;

/** Columns of an action as they were when digests came to cover all of it. */
interface Row {
  readonly [column: string]: string | null;
  readonly action_id: string;
  readonly target_type: string;
  readonly target_value: string;
  readonly digest: string;
  readonly decision: string | null;
}

/**
 * Binds each action that is not over to its digest over everything in it, where the digest over a part of it, as it was before, holds. An action
 * that had been changed stays as it is: it is refused then as now. What was approved is bound to the new digest with its action.
 */
export async function bindWholeActions(db: Kysely<unknown>): Promise<void> {
  let rows: readonly Row[];
  let after = '';
  do {
    rows = (
      await sql<Row>`SELECT * FROM containment_action WHERE action_id > ${after}
        AND status NOT IN ('rejected', 'expired', 'failed', 'reverted') ORDER BY action_id LIMIT ${PAGE}`.execute(db)
    ).rows;
    for (const row of rows) {
      after = row.action_id;
      if (digestOver(row, ['action_id', 'tenant_id', 'incident_id', 'kind', 'risk', 'requested_by']) === row.digest) await bind(db, row);
    }
  } while (rows.length === PAGE);
}

async function bind(db: Kysely<unknown>, row: Row): Promise<void> {
  const part = ['action_id', 'tenant_id', 'incident_id', 'kind', 'risk', 'reason', 'requested_by', 'playbook'];
  const digest = digestOver(row, [...part, 'approval_id', 'expires_at', 'correlation_id', 'created_at']);
  const decision = row.decision && JSON.stringify({ ...(JSON.parse(row.decision) as object), digest });
  await sql`UPDATE containment_action SET digest = ${digest}, decision = ${decision} WHERE action_id = ${row.action_id}`.execute(db);
}

function digestOver(row: Row, columns: readonly string[]): string {
  const members = Object.fromEntries(columns.map((column) => [column, row[column]]));
  const bound = { ...members, target: { type: row.target_type, value: row.target_value } };
  return createHash('sha256').update(canonicalJson(bound)).digest('hex');
}

import type { Transaction } from 'kysely';
import { slices } from '../storage/slices.js';
import type { AuditEntry, AuditRecord } from './audit-record.js';
import type { AuditTables } from './audit-tables.js';
import { canonicalJson } from './canonical-json.js';
import { GENESIS_HASH, link, type ChainHead } from './hash-chain.js';

/**
 * Writes records in the transaction of the change that they tell of: both are stored or neither.
 * @param log whose log it is: a tenant id, or `platform`.
 * @param timestamp RFC 3339 UTC.
 */
export async function appendAudit<Tables extends AuditTables>(
  transaction: Transaction<Tables>,
  log: string,
  timestamp: string,
  entries: readonly AuditEntry[],
): Promise<readonly AuditRecord[]> {
  const trx = transaction as unknown as Transaction<AuditTables>;
  const last = await trx.selectFrom('audit_log').select(['idx', 'hash']).orderBy('idx', 'desc').limit(1).executeTakeFirst();
  let head: ChainHead = last ? { index: last.idx, hash: last.hash } : { index: 0, hash: GENESIS_HASH };
  const records: AuditRecord[] = [];
  for (const entry of entries) {
    const record = link(head, log, timestamp, entry);
    records.push(record);
    head = { index: record.index, hash: record.hash };
  }
  for (const slice of slices(records)) await trx.insertInto('audit_log').values(slice.map(toRow)).execute();
  return records;
}

function toRow(record: AuditRecord): AuditTables['audit_log'] {
  return {
    idx: record.index,
    at: record.timestamp,
    action: record.action,
    actor: record.actor.id,
    target_id: record.target.id,
    incident_id: record.incident_id ?? null,
    correlation_id: record.correlation_id,
    hash: record.hash,
    record: canonicalJson(record),
  };
}

import type { Kysely, Transaction } from 'kysely';
import { slices } from '../storage/slices.js';
import type { AuditRecord } from './audit-record.js';
import type { AuditTables } from './audit-tables.js';

/** Audit records brought along from elsewhere. */
export interface EvidenceTables extends AuditTables {
  audit_evidence: { origin: string; idx: number; record: string };
}

/** An audit record of another log, and which log that was. */
export interface Evidence {
  /** `{log}/{head}`: the log's name and the first digits of the hash that it ended with. */
  readonly origin: string;
  readonly record: AuditRecord;
}

const PAGE = 1_000;

/** Name of a log that ended with a hash, as evidence is kept under. */
export function evidenceOrigin(log: string, head: string): string {
  return `${log}/${head.slice(0, 16)}`;
}

/** Keeps records as evidence. */
export async function keepEvidence(transaction: Transaction<EvidenceTables>, evidence: readonly Evidence[]): Promise<void> {
  const rows = evidence.map(({ origin, record }) => ({ origin, idx: record.index, record: JSON.stringify(record) }));
  for (const slice of slices(rows)) await transaction.insertInto('audit_evidence').values(slice).execute();
}

/** All evidence that a tenant has, by its origin and in order. */
export async function* listEvidence(db: Kysely<EvidenceTables>): AsyncGenerator<Evidence> {
  for (let after: readonly [string, number] = ['', 0]; ;) {
    const rows = await db
      .selectFrom('audit_evidence')
      .selectAll()
      .where((eb) => eb(eb.refTuple('origin', 'idx'), '>', eb.tuple(...after)))
      .orderBy('origin')
      .orderBy('idx')
      .limit(PAGE)
      .execute();
    for (const { origin, record } of rows) yield { origin, record: JSON.parse(record) as AuditRecord };
    const last = rows.at(-1);
    if (!last) return;
    after = [last.origin, last.idx];
  }
}

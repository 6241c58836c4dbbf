import type { Kysely } from 'kysely';
import { listEvidence, type EvidenceTables } from './audit-evidence.js';
import { AuditRowVerifier, type AuditVerification } from './audit-row-verifier.js';
import type { AuditTables } from './audit-tables.js';
import { EvidenceVerifier } from './evidence-verifier.js';

const PAGE = 1_000;

/** Checks a log in a database. @param place what the database is called. */
export async function verifyAuditRows(db: Kysely<AuditTables>, place: string, log: string): Promise<AuditVerification> {
  const verifier = new AuditRowVerifier(place, log);
  for (let after = 0; ;) {
    const rows = await db.selectFrom('audit_log').selectAll().where('idx', '>', after).orderBy('idx').limit(PAGE).execute();
    const last = rows.at(-1);
    if (!last || !rows.every((row) => verifier.check(row))) return verifier.result;
    after = last.idx;
  }
}

/** Checks the logs that a tenant brought along, in a database. */
export async function verifyEvidenceRows(db: Kysely<EvidenceTables>, place: string): Promise<readonly AuditVerification[]> {
  const verifiers = new Map<string, EvidenceVerifier>();
  for await (const { origin, record } of listEvidence(db)) {
    const verifier = verifiers.get(origin) ?? new EvidenceVerifier(place, origin);
    verifiers.set(origin, verifier);
    verifier.check(record);
  }
  return [...verifiers.values()].map(({ result }) => result);
}

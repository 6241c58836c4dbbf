import type { Kysely } from 'kysely';
import type { Breather } from '../clock/short-turns.js';
import { listEvidence, type EvidenceTables } from './audit-evidence.js';
import { AuditRowVerifier, type AuditVerification } from './audit-row-verifier.js';
import type { AuditTables } from './audit-tables.js';
import { EvidenceVerifier } from './evidence-verifier.js';

const PAGE = 200;

/** Checks a log in a database. @param place what the database is called. @param breathe asked after each record. */
export async function verifyAuditRows(
  db: Kysely<AuditTables>,
  place: string,
  log: string,
  breathe: Breather = () => undefined,
): Promise<AuditVerification> {
  const verifier = new AuditRowVerifier(place, log);
  for (let after = 0; ;) {
    const rows = await db.selectFrom('audit_log').selectAll().where('idx', '>', after).orderBy('idx').limit(PAGE).execute();
    for (const row of rows) {
      if (!verifier.check(row)) return verifier.result;
      await breathe();
      after = row.idx;
    }
    if (rows.length < PAGE) return verifier.result;
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

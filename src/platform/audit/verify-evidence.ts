import { DatabaseSync } from 'node:sqlite';
import type { AuditRecord } from './audit-record.js';
import type { AuditVerification } from './audit-row-verifier.js';
import { EvidenceVerifier } from './evidence-verifier.js';

/** Checks the logs that a tenant brought along, in a database file, without the server. */
export function verifyEvidence(file: string): readonly AuditVerification[] {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    if (!db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'audit_evidence'").get()) return [];
    const origins = db.prepare('SELECT DISTINCT origin FROM audit_evidence ORDER BY origin').all();
    return origins.map(({ origin }) => verifyOne(db, file, String(origin)));
  } finally {
    db.close();
  }
}

function verifyOne(db: DatabaseSync, file: string, origin: string): AuditVerification {
  const verifier = new EvidenceVerifier(file, origin);
  for (const row of db.prepare('SELECT record FROM audit_evidence WHERE origin = ? ORDER BY idx').iterate(origin))
    verifier.check(JSON.parse(String(row['record'])) as AuditRecord);
  return verifier.result;
}

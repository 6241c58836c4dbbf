import { DatabaseSync } from 'node:sqlite';
import type { AuditRecord } from './audit-record.js';
import { ChainVerifier, type ChainFault } from './hash-chain.js';
import type { AuditVerification } from './verify-audit-file.js';

/** Checks the logs that a tenant brought along, without the server: every record's position, link and hash, and that each ends where its origin says. */
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
  const [log = '', head = ''] = origin.split('/');
  const verifier = new ChainVerifier(log);
  let fault: ChainFault | undefined;
  for (const row of db.prepare('SELECT record FROM audit_evidence WHERE origin = ? ORDER BY idx').iterate(origin)) {
    fault ??= verifier.check(JSON.parse(String(row['record'])) as AuditRecord);
  }
  const { index, hash } = verifier.end;
  if (!fault && !hash.startsWith(head)) fault = { index, reason: 'is not the last one that was brought along' };
  return { log: `evidence of ${origin}`, file, records: index, head: hash, ...(fault ? { fault } : {}) };
}

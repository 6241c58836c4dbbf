import { DatabaseSync } from 'node:sqlite';
import { AuditRowVerifier, type AuditVerification } from './audit-row-verifier.js';

/**
 * Checks a log in a database file without the server.
 * @param expectedLog whose log it must be; by default what its first record says.
 */
export function verifyAuditFile(file: string, expectedLog?: string): AuditVerification {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    const verifier = new AuditRowVerifier(file, expectedLog);
    for (const row of db.prepare('SELECT * FROM audit_log ORDER BY idx').iterate()) if (!verifier.check(row)) break;
    return verifier.result;
  } finally {
    db.close();
  }
}

import { DatabaseSync } from 'node:sqlite';
import type { AuditRecord } from './audit-record.js';
import { canonicalJson } from './canonical-json.js';
import { ChainVerifier, type ChainFault } from './hash-chain.js';

/** What a check of one log found. */
export interface AuditVerification {
  readonly log: string;
  readonly file: string;
  readonly records: number;
  readonly head: string;
  readonly fault?: ChainFault;
}

/**
 * Checks a log in a database file without the server: every record's position, link and hash, and that the columns that lists
 * are filtered by say what the record says.
 * @param expectedLog whose log it must be; by default what its first record says.
 */
export function verifyAuditFile(file: string, expectedLog?: string): AuditVerification {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    let verifier = new ChainVerifier(expectedLog ?? '');
    let log = expectedLog ?? '';
    for (const row of db.prepare('SELECT * FROM audit_log ORDER BY idx').iterate()) {
      const record = parseRecord(row['record']);
      if (verifier.end.index === 0 && expectedLog === undefined) {
        log = record?.tenant_id ?? '';
        verifier = new ChainVerifier(log);
      }
      const fault = record
        ? (verifier.check(record) ?? columnFault(row, record))
        : { index: verifier.end.index + 1, reason: 'is not readable' };
      if (fault) return { log, file, records: verifier.end.index, head: verifier.end.hash, fault };
    }
    return { log, file, records: verifier.end.index, head: verifier.end.hash };
  } finally {
    db.close();
  }
}

function parseRecord(text: unknown): AuditRecord | undefined {
  try {
    const record = JSON.parse(String(text)) as AuditRecord;
    return canonicalJson(record) === text ? record : undefined;
  } catch {
    return undefined;
  }
}

function columnFault(row: Record<string, unknown>, record: AuditRecord): ChainFault | undefined {
  const agrees =
    row['idx'] === record.index &&
    row['at'] === record.timestamp &&
    row['action'] === record.action &&
    row['actor'] === record.actor.id &&
    row['target_id'] === record.target.id &&
    (row['incident_id'] ?? undefined) === record.incident_id &&
    row['correlation_id'] === record.correlation_id &&
    row['hash'] === record.hash;
  return agrees ? undefined : { index: record.index, reason: 'its columns do not say what its record says' };
}

import type { AuditRecord } from './audit-record.js';
import { canonicalJson } from './canonical-json.js';
import { ChainVerifier, type ChainFault } from './hash-chain.js';

/** What a check of one log found. */
export interface AuditVerification {
  readonly log: string;
  /** Where it is: a file, or the name of a store. */
  readonly file: string;
  readonly records: number;
  readonly head: string;
  readonly fault?: ChainFault;
}

/** Checks the rows of a log in their order: every record's position, link and hash, and that the columns that lists are filtered by say what the record says. */
export class AuditRowVerifier {
  private verifier: ChainVerifier;
  private log: string;
  private fault: ChainFault | undefined;

  /** @param expectedLog whose log it must be; by default what its first record says. */
  constructor(
    private readonly file: string,
    private readonly expectedLog?: string,
  ) {
    this.log = expectedLog ?? '';
    this.verifier = new ChainVerifier(this.log);
  }

  get result(): AuditVerification {
    const { index, hash } = this.verifier.end;
    return { log: this.log, file: this.file, records: index, head: hash, ...(this.fault ? { fault: this.fault } : {}) };
  }

  /** False once a row is not what it was: those behind it tell nothing more. */
  check(row: Readonly<Record<string, unknown>>): boolean {
    const record = parseRecord(row['record']);
    if (this.verifier.end.index === 0 && this.expectedLog === undefined) {
      this.log = record?.tenant_id ?? '';
      this.verifier = new ChainVerifier(this.log);
    }
    this.fault = record
      ? (this.verifier.check(record) ?? columnFault(row, record))
      : { index: this.verifier.end.index + 1, reason: 'is not readable' };
    return this.fault === undefined;
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

function columnFault(row: Readonly<Record<string, unknown>>, record: AuditRecord): ChainFault | undefined {
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

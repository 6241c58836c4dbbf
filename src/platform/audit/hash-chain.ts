import { createHash } from 'node:crypto';
import type { AuditEntry, AuditRecord } from './audit-record.js';
import { canonicalJson } from './canonical-json.js';

/** `prev_hash` of the first record. */
export const GENESIS_HASH = '0'.repeat(64);

/** Where a chain ends: what the next record is linked to. */
export interface ChainHead {
  readonly index: number;
  readonly hash: string;
}

/** Links an entry to the end of a chain. */
export function link(head: ChainHead, tenant: string, timestamp: string, entry: AuditEntry): AuditRecord {
  const unhashed = { ...entry, index: head.index + 1, timestamp, tenant_id: tenant, prev_hash: head.hash };
  return { ...unhashed, hash: hashOf(unhashed) };
}

/** Why a chain does not hold, and at which position. */
export interface ChainFault {
  readonly index: number;
  readonly reason: string;
}

/** Checks records one after the other; feed them in the order of their positions. */
export class ChainVerifier {
  private head: ChainHead = { index: 0, hash: GENESIS_HASH };

  constructor(private readonly tenant: string) {}

  /** The end of what was checked so far. */
  get end(): ChainHead {
    return this.head;
  }

  /** Answers the fault of this record, if it has one; then nothing after it means anything. */
  check(record: AuditRecord): ChainFault | undefined {
    const expected = this.head.index + 1;
    if (record.index !== expected)
      return { index: expected, reason: `record ${expected} is missing: the next one found is ${record.index}` };
    if (record.tenant_id !== this.tenant) return { index: expected, reason: `belongs to the log of ${record.tenant_id}` };
    if (record.prev_hash !== this.head.hash) return { index: expected, reason: 'is not linked to the record before it' };
    const { hash, ...unhashed } = record;
    if (hashOf(unhashed) !== hash) return { index: expected, reason: 'its content does not give its hash' };
    this.head = { index: record.index, hash };
    return undefined;
  }
}

function hashOf(unhashed: Omit<AuditRecord, 'hash'>): string {
  return createHash('sha256').update(canonicalJson(unhashed)).digest('hex');
}

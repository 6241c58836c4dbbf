import type { AuditEntry } from '../audit/audit-record.js';
import type { Revocation } from './revocation.js';

/** A revocation with its place in the order in which they were made. */
export interface NumberedRevocation extends Revocation {
  readonly seq: number;
}

/** Where revocations are kept for all instances. */
export abstract class RevocationStore {
  /** Those made after a place in the order, oldest first, that still concern anything at `now`. */
  abstract since(seq: number, now: number): Promise<readonly NumberedRevocation[]>;

  /** Stores a revocation and its audit record, or neither. */
  abstract add(revocation: Revocation, audit: AuditEntry): Promise<void>;

  /** Forgets those that concern nothing any more. */
  abstract prune(now: number): Promise<void>;
}

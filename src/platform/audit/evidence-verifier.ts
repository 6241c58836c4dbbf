import type { AuditRecord } from './audit-record.js';
import type { AuditVerification } from './audit-row-verifier.js';
import { ChainVerifier, type ChainFault } from './hash-chain.js';

/** Checks a log that a tenant brought along: every record's position, link and hash, and that it ends where its origin says. */
export class EvidenceVerifier {
  private readonly verifier: ChainVerifier;
  private fault: ChainFault | undefined;

  /** @param origin `{log}/{head}`, as evidence is kept under. */
  constructor(
    private readonly file: string,
    private readonly origin: string,
  ) {
    this.verifier = new ChainVerifier(origin.split('/')[0] ?? '');
  }

  check(record: AuditRecord): void {
    this.fault ??= this.verifier.check(record);
  }

  get result(): AuditVerification {
    const { index, hash } = this.verifier.end;
    const isWhole = hash.startsWith(this.origin.split('/')[1] ?? '');
    const fault = this.fault ?? (isWhole ? undefined : { index, reason: 'is not the last one that was brought along' });
    return { log: `evidence of ${this.origin}`, file: this.file, records: index, head: hash, ...(fault ? { fault } : {}) };
  }
}

import type { Logger } from '@nestjs/common';
import type { Clock } from '../clock/clock.js';
import { PLATFORM_LOG, type AuditLog } from './audit-log.js';
import type { AuditEntry } from './audit-record.js';
import { SummingLedger, type LedgerEntry, type LedgerLimits } from './summing-ledger.js';

const WRITE_EVERY_MS = 500;

/** What records are written with, and what is said where they could not be. */
export interface SummedRecordsParts {
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: LedgerLimits;
  /** The log line of a failure. */
  readonly failure: { readonly event: string; readonly text: string };
}

/** Writes into the audit logs, half a second later at most, what may happen too often for a record each. */
export class SummedRecords {
  private readonly ledger: SummingLedger;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly parts: SummedRecordsParts) {
    this.ledger = new SummingLedger(parts.limits);
  }

  note(entry: LedgerEntry): void {
    this.ledger.note(entry, this.parts.clock.now());
    this.timer ??= setInterval(() => this.write(), WRITE_EVERY_MS).unref();
  }

  /** Writes all that is left. */
  async end(): Promise<void> {
    this.write(true);
    await this.writing;
  }

  private write(all = false): void {
    const entries = this.ledger.take(this.parts.clock.now(), all);
    if (this.ledger.isEmpty) {
      clearInterval(this.timer);
      this.timer = undefined;
    }
    if (entries.length > 0) this.writing = this.writing.then(() => this.append(entries));
  }

  private async append(all: readonly LedgerEntry[]): Promise<void> {
    for (const [log, ofLog] of Map.groupBy(all, (one) => one.log)) {
      const entries = ofLog.map(({ entry }) => entry);
      await this.appendTo(log, entries).catch((error: unknown) => {
        const { event, text } = this.parts.failure;
        this.parts.logger.error({ err: error, event, count: entries.length }, text);
      });
    }
  }

  /** What a tenant's log cannot take any more, because the tenant is being deleted, stands in the platform's. */
  private async appendTo(log: string, entries: readonly AuditEntry[]): Promise<void> {
    const { audit } = this.parts;
    try {
      await audit.append(log, entries);
    } catch (error) {
      if (log === PLATFORM_LOG) throw error;
      await audit.append(PLATFORM_LOG, entries);
    }
  }
}

import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { AuditLog } from '../../platform/audit/audit-log.js';
import { SummedRecords } from '../../platform/audit/summed-records.js';
import type { TenantCaller } from '../../platform/auth/caller.decorator.js';
import { deedOf } from '../../platform/auth/deed-of.js';
import { Clock } from '../../platform/clock/clock.js';
import type { IngestAnswer } from './domain/ingest-answer.js';

/** Of what a collector sends from an address, the first batch of an hour has a record of its own; all others of the hour have one together. */
const LIMITS = { oneByOne: 1, groupsPerLog: 2_000, windowMs: 3_600_000 };

/** Writes into a tenant's audit log who sent events, from where, and how many. What each batch was is stored with its events. */
@Injectable()
export class IntakeAudit implements BeforeApplicationShutdown {
  private readonly records: SummedRecords;

  constructor(audit: AuditLog, clock: Clock) {
    const logger = new Logger(IntakeAudit.name);
    const failure = { event: 'intake.unwritten', text: 'who sent events could not be recorded' };
    this.records = new SummedRecords({ audit, clock, logger, limits: LIMITS, failure });
  }

  /** Notes a batch that was taken. */
  note(caller: TenantCaller, { batch_id, correlation_id, accepted, duplicates, rejected }: IngestAnswer): void {
    const details = { accepted, duplicates, rejected: rejected.length };
    const target = { type: 'batch', id: batch_id };
    this.records.note({
      log: caller.tenant,
      entry: { ...deedOf(caller), action: 'events.received', target, outcome: 'success', correlation_id, details },
    });
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.records.end();
  }
}

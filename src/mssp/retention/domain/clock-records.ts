import type { AuditEntry } from '../../../platform/audit/audit-record.js';
import type { ClockRecord } from './clock-reading.js';

/** Where it is kept what has been seen of the wall clock, for all processes of a platform. */
export abstract class ClockRecords {
  abstract read(): Promise<ClockRecord>;

  /** Notes a later time that was believed; an earlier one changes nothing. */
  abstract believe(time: number): Promise<void>;

  /** Notes in which month events were really stored that bear another; an earlier one than is known changes nothing. */
  abstract noteWritten(month: string, really: string): Promise<void>;

  /** Puts another record in place of what is kept, with the audit record of who says so, or neither. */
  abstract replace(record: ClockRecord & { readonly believed: number }, deed: AuditEntry): Promise<void>;
}

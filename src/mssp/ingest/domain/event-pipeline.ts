import type { Detection } from '../../../contracts/detection.js';
import type { EventFormat, NormalizedEvent } from '../../../contracts/security-event.js';
import type { TenantId } from '../../../contracts/tenant.js';
import type { CopyPosition, CopySlice } from '../../lake/domain/copy-slice.js';
import type { BatchReceipt, HourCount, PendingDetections } from './event-store.js';
import type { PoisonEvent } from './poison-event.js';
import type { RecordPage, TimeSpan } from './read-page.js';
import type { IngestAnswer } from './ingest-answer.js';
import type { SearchCriteria, SearchPosition, SearchResult } from './search.js';
import type { Submission } from './submission.js';

/** Says how many events a tenant may still send after `events` more. Throws where it may not send them. */
export type Admission = (events: number) => Promise<number>;

/** What became of a submission. */
export interface Ingested {
  readonly answer: IngestAnswer;
  /** The answer is that of an earlier request with the same idempotency key. */
  readonly replayed: boolean;
  readonly detections: readonly Detection[];
  /** Events that were stored and cannot be inspected. */
  readonly poison: readonly PoisonEvent[];
}

/** An event as it is shown. */
export interface ShownEvent {
  readonly event_id: string;
  readonly batch_id: string;
  readonly received_at: string;
  readonly time: string;
  readonly format: EventFormat;
  readonly source: string;
  readonly raw: string;
  readonly normalized: NormalizedEvent;
  readonly rules: readonly string[];
}

/** Takes detections of batches that were inspected after they had been answered. */
export type LateDetections = (tenant: TenantId, pending: PendingDetections) => void;

/** Parses, inspects and stores events; what it has answered is durable. */
export abstract class EventPipeline {
  /**
   * Stores and inspects a submission once `admit` has let its number of events pass.
   * @throws RefusedSubmission, and whatever `admit` throws; nothing is stored then.
   * @throws PipelineUnavailable where it cannot be said whether it was stored; sending it again with the same idempotency key is safe.
   */
  abstract ingest(tenant: TenantId, submission: Submission, admit: Admission): Promise<Ingested>;

  /** Detections of inspected batches have become `alerts` alerts. */
  abstract settled(tenant: TenantId, batchId: string, alerts: number): void;

  /** Inspects what a crash left uninspected, and answers all detections that were not settled. */
  abstract recover(tenant: TenantId): Promise<readonly PendingDetections[]>;

  abstract find(tenant: TenantId, eventId: string): Promise<ShownEvent | undefined>;

  abstract search(tenant: TenantId, criteria: SearchCriteria): Promise<SearchResult>;

  /** Hours that begin in `from` (included) to `to` (excluded), milliseconds since the epoch, with what is stored counted anew from the events that are there. */
  abstract recount(tenant: TenantId, from: number, to: number): Promise<readonly HourCount[]>;

  /** What became of a submission that was answered. */
  abstract receiptOf(tenant: TenantId, batchId: string): Promise<BatchReceipt | undefined>;

  /** The next events to be copied out, oldest first; at most 500. */
  abstract slice(tenant: TenantId, from: CopyPosition | null): Promise<CopySlice>;

  /** Events as they were stored, newest arrival first, from a position on, or from the newest on where it is null; at most 500. */
  abstract records(tenant: TenantId, span: TimeSpan, before: SearchPosition | null): Promise<RecordPage>;

  /** Counts events that were turned away unread. */
  abstract shed(tenant: TenantId, at: number, reason: string, events: number): void;

  abstract onLateDetections(listener: LateDetections): void;

  /** A tenant's thread was lost and is back, or an event file was repaired: what was stored and not answered waits to be recovered. */
  abstract onRestart(listener: (tenant: TenantId) => void): void;
}

/** The pipeline cannot answer at present. */
export class PipelineUnavailable extends Error {
  override readonly name = 'PipelineUnavailable';
}

import type { Detection } from '../../../contracts/detection.js';
import type { TenantId } from '../../../contracts/tenant.js';
import type { EventIdentity } from '../../../events/event-identity.js';
import type { IdempotencyClaim } from './event-batch-request.js';
import type { IngestAnswer } from './ingest-answer.js';
import type { PoisonEvent } from './poison-event.js';
import type { DeclaredFormat } from './submission.js';

/** An event to be stored. */
export interface NewRecord {
  /** Position in its request. */
  readonly index: number;
  /** The original, byte for byte. */
  readonly bytes: Uint8Array;
  /** Event time, milliseconds since the epoch. */
  readonly time: number;
  readonly identity: EventIdentity | null;
}

/** One request's share of what is stored at once. */
export interface NewBatch {
  readonly batch_id: string;
  /** Arrival, milliseconds since the epoch. */
  readonly received_at: number;
  readonly correlation_id: string;
  readonly source: DeclaredFormat;
  /** The events taken, in order of index. */
  readonly records: readonly NewRecord[];
  readonly inspected: boolean;
  readonly detections: readonly Detection[];
  /** Events among them that cannot be inspected; nothing is learned from the batch again. */
  readonly poison: readonly PoisonEvent[];
  /** What is answered, and under which idempotency key it is kept. */
  readonly answer: IngestAnswer;
  readonly idempotency: IdempotencyClaim | undefined;
}

/** What detection has learned of a tenant, in a form of its own; null where nothing. */
export type LearnedState = Uint8Array | null;

/** Requests of one tenant that become durable together: all of it or nothing. */
export interface NewChunk {
  readonly batches: readonly NewBatch[];
  /** Terms that the events are found by. */
  readonly terms: ReadonlySet<string>;
  /** What detection has learned up to and including this chunk; `undefined` where it is not time to keep it. */
  readonly learned: LearnedState | undefined;
  /** Earlier batches that are settled by the way. */
  readonly settled: readonly SettledBatch[];
}

/** A batch whose detections have become alerts. */
export interface SettledBatch {
  readonly batch_id: string;
  readonly alerts: number;
}

/** Detections that are stored and not yet known to have become alerts, and events that could not be inspected and are not yet dead letters. */
export interface PendingDetections {
  readonly batch_id: string;
  /** RFC 3339 UTC. */
  readonly received_at: string;
  readonly correlation_id: string;
  readonly detections: readonly Detection[];
  readonly poison: readonly PoisonEvent[];
}

/** An event as it was stored. */
export interface StoredRecord {
  readonly batch_id: string;
  readonly index: number;
  /** Arrival, milliseconds since the epoch. */
  readonly received_at: number;
  readonly source: DeclaredFormat;
  /** The original text. */
  readonly raw: string;
  /** Ids of the rules that matched it. */
  readonly rules: readonly string[];
}

/** A batch with all of its records, as it was stored. */
export interface StoredBatch {
  readonly batch_id: string;
  /** The chunk that it is in. */
  readonly position: ChunkPosition;
  readonly received_at: number;
  readonly correlation_id: string;
  readonly records: readonly StoredRecord[];
}

/** What a search asks of the store; the store may answer with more events than match, never with fewer. */
export interface ScanFilter {
  /** Event times, milliseconds since the epoch, both included. */
  readonly from: number;
  readonly to: number;
  /** All of them are in the chunks that are answered. */
  readonly terms: readonly string[];
}

/** Where a chunk is. Later chunks have greater positions. */
export interface ChunkPosition {
  /** Month of arrival, `2026-11`. */
  readonly month: string;
  readonly sequence: number;
}

/** A chunk as a search sees it. */
export interface ScannedChunk {
  readonly position: ChunkPosition;
  readonly bytes: number;
  /** In order of arrival; nothing is decoded before it is asked for. */
  readonly count: number;
  record(position: number): StoredRecord;
}

/** Counted events of one hour of arrival. */
export interface HourCount {
  /** Start of the hour, milliseconds since the epoch. */
  readonly hour: number;
  readonly received: number;
  readonly stored: number;
  readonly duplicates: number;
  /** By code. */
  readonly rejected: Readonly<Record<string, number>>;
  /** By reason. */
  readonly shed: Readonly<Record<string, number>>;
}

/** What became of a request. */
export interface BatchReceipt {
  readonly batch_id: string;
  /** Arrival, milliseconds since the epoch. */
  readonly received_at: number;
  readonly correlation_id: string;
  readonly received: number;
  readonly accepted: number;
  readonly duplicates: number;
  /** By code. */
  readonly rejected: Readonly<Record<string, number>>;
  readonly inspected: boolean;
  /** Detections were found that have not become alerts yet. */
  readonly alerts_pending: boolean;
}

/** Where events are kept. What `append` has resolved for survives the process and the machine. */
export abstract class EventStore {
  /**
   * Tells of each identity (null: none) whether the tenant has stored it, or it came earlier in the same list. Looks back at least 90 days
   * from `now` (milliseconds since the epoch).
   */
  abstract duplicatesAmong(tenant: TenantId, identities: readonly (EventIdentity | null)[], now: number): Promise<readonly boolean[]>;

  /**
   * Stores records, terms, identities, detections, answers and counts at once. Batches of one chunk arrive in the same month.
   * @throws Error with nothing stored.
   */
  abstract append(tenant: TenantId, chunk: NewChunk): Promise<void>;

  abstract find(tenant: TenantId, eventId: string): Promise<StoredRecord | undefined>;

  /** Chunks that may hold matches, newest first, from `start` (included) on. */
  abstract scan(tenant: TenantId, filter: ScanFilter, start: ChunkPosition | undefined): AsyncIterable<ScannedChunk>;

  /** How many chunks `scan` would answer from behind `position` on; counting stops at 10,000. */
  abstract remaining(tenant: TenantId, filter: ScanFilter, position: ChunkPosition): Promise<number>;

  /** What was answered under an idempotency key within 24 hours before `now`, and the digest it was claimed with. */
  abstract answerTo(
    tenant: TenantId,
    key: string,
    now: number,
  ): Promise<{ readonly digest: string; readonly answer: IngestAnswer } | undefined>;

  /** Detections and poison not yet settled, oldest first. */
  abstract pending(tenant: TenantId): Promise<readonly PendingDetections[]>;

  /** Notes that the detections of batches have become alerts, and corrects the number in the answers kept. */
  abstract settle(tenant: TenantId, settled: readonly SettledBatch[]): Promise<void>;

  /** Batches stored without having been inspected, oldest first. */
  abstract uninspected(tenant: TenantId): Promise<readonly StoredBatch[]>;

  /** Stores what a later inspection of a batch found, and which of its events cannot be inspected. */
  abstract inspected(tenant: TenantId, batchId: string, detections: readonly Detection[], poison?: readonly PoisonEvent[]): Promise<void>;

  /** The newest learned state and, oldest first, the inspected batches that arrived after it. */
  abstract learned(tenant: TenantId): Promise<{ readonly state: LearnedState; readonly later: AsyncIterable<StoredBatch> }>;

  /** Where the newest chunk stands; `undefined` where there is none. Asked of what is stored, as other processes may store too. */
  abstract newest(tenant: TenantId): Promise<ChunkPosition | undefined>;

  /** Number of the newest chunk of a month of arrival, 0 where there is none. */
  abstract lastOf(tenant: TenantId, month: string): Promise<number>;

  /** The inspected batches behind a chunk, oldest first; all of them where there is no chunk to begin from. */
  abstract batchesAfter(tenant: TenantId, position: ChunkPosition | undefined): AsyncIterable<StoredBatch>;

  /** The same, with batches besides in which there are events that cannot be inspected. */
  abstract storedAfter(tenant: TenantId, position: ChunkPosition | undefined): AsyncIterable<StoredBatch>;

  /** Stores what was learned of everything stored so far. */
  abstract keepLearned(tenant: TenantId, state: LearnedState): Promise<void>;

  /** Counts of the hours that begin in `from` (included) to `to` (excluded), in order. */
  abstract counts(tenant: TenantId, from: number, to: number): Promise<readonly HourCount[]>;

  /** The same, with what is stored counted anew from the events that are there. */
  abstract recount(tenant: TenantId, from: number, to: number): Promise<readonly HourCount[]>;

  /** What became of a request that was answered; `undefined` for none. */
  abstract receiptOf(tenant: TenantId, batchId: string): Promise<BatchReceipt | undefined>;

  /** Counts events that were received and turned away before they were read. */
  abstract addShed(tenant: TenantId, at: number, reason: string, events: number): Promise<void>;

  /** Forgets what is held in memory of a tenant and closes its files; the next call opens them again. */
  abstract release(tenant: TenantId): Promise<void>;

  /** Whether the tenant has anything stored; makes nothing. */
  abstract exists(tenant: TenantId): Promise<boolean>;

  abstract close(): Promise<void>;
}

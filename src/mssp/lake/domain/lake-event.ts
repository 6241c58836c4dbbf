import type { NormalizedEvent } from '../../../contracts/security-event.js';
import type { DeclaredFormat } from '../../ingest/domain/submission.js';

/** An event as a lake keeps it: the original, what was understood of it, and what it is found by. */
export interface LakeEvent {
  /** UUID v7 of the batch, so that later arrivals sort behind earlier ones. */
  readonly batch_id: string;
  /** Position in its request. */
  readonly index: number;
  /** Arrival, milliseconds since the epoch. */
  readonly received_at: number;
  /** Event time, milliseconds since the epoch. */
  readonly time: number;
  readonly source: DeclaredFormat;
  readonly normalized: NormalizedEvent;
  /** What it is found by: `host:ws-1`, `ip:203.0.113.7` … */
  readonly terms: readonly string[];
  /** Ids of the rules that matched it. */
  readonly rules: readonly string[];
  /** The original text. */
  readonly raw: string;
}

/** What is copied out besides events, and never changes: one state of an alert, or an entry of the audit log. */
export interface LakeRecord {
  readonly kind: 'alert' | 'audit';
  /** Unique in its kind. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly body: Readonly<Record<string, unknown>>;
}

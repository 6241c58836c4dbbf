import type { EventSlice } from '../../../events/event-slice.js';
import type { EventNames } from './event-names.js';
import type { PoisonEvent } from './poison-event.js';
import type { DeclaredFormat } from './submission.js';

/** A request's claim to an idempotency key. */
export interface IdempotencyClaim {
  readonly key: string;
  /** Digest of what was sent; another one under the same key is another request. */
  readonly digest: string;
}

/** One admitted request, taken apart into events that are not yet read. */
export interface EventBatchRequest {
  readonly batchId: string;
  /** Arrival, milliseconds since the epoch. */
  readonly receivedAt: number;
  readonly correlationId: string;
  readonly declared: DeclaredFormat;
  readonly body: Buffer;
  readonly slices: readonly EventSlice[];
  /** Text of a slice of the body; `undefined` where it is not UTF-8. */
  readonly textOf: (slice: EventSlice) => string | undefined;
  readonly idempotency: IdempotencyClaim | undefined;
  /** Events that cannot be inspected, as is known from having tried them apart. */
  readonly poison?: readonly PoisonEvent[];
  readonly rateLimitRemaining: number;
  /** What the events are called that their sources give no name. */
  readonly names?: EventNames | undefined;
}

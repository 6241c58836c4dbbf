import type { WorkItem } from './work-item.js';

/** Items taken by a claim: nobody else gets them while it is held. */
export interface ClaimedWork extends WorkItem {
  readonly generation: number;
  readonly traceparent: string | null;
  readonly holder: string;
}

/** What a claim asks for. */
export interface Claim {
  readonly kind: string;
  readonly limit: number;
  readonly holder: string;
  /** Items that have failed before, or those that have not: they are never taken together. */
  readonly failedBefore: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

import type { TenantId } from '../../../contracts/tenant.js';
import type { OwnTerms } from '../tenant-terms.js';

/** Events to be tried one by one. Nothing of them is stored. */
export interface ApartBatch {
  readonly tenant: TenantId;
  /** Arrival, milliseconds since the epoch. */
  readonly receivedAt: number;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly form: 'envelope' | 'lines';
  readonly source: string | undefined;
}

/** One trial: the events from an index on. */
export interface ApartTrial {
  readonly batch: ApartBatch;
  readonly from: number;
  /** What the events meet that is the tenant's own: they may be slow because of that alone. */
  readonly own?: OwnTerms;
}

/** An event that detection has thrown at, each time. */
export interface ThrownEvent {
  readonly index: number;
  readonly reason: string;
}

/** What a thread apart says. */
export type ApartMessage =
  | { readonly say: 'ready' }
  | { readonly say: 'thrown'; readonly event: ThrownEvent }
  /** Some event was inspected without harm; said once a trial. */
  | { readonly say: 'sound' }
  | { readonly say: 'through' };

import type { BatchHead } from './detector.js';

/** When a batch arrived, milliseconds since the epoch; endless where that cannot be read. */
export function arrivalOf({ received_at }: BatchHead): number {
  const arrival = Date.parse(received_at);
  return Number.isNaN(arrival) ? Number.POSITIVE_INFINITY : arrival;
}

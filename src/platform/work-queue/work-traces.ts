import type { ClaimedWork } from './claimed-work.js';

/**
 * Parts items by the trace that they were caused in, as what is done for several traces at once would be part of none. Items whose traces are not kept
 * stay together: nobody asks which of them it was.
 */
export function byTrace(items: readonly ClaimedWork[]): readonly (readonly ClaimedWork[])[] {
  const groups = Map.groupBy(items, ({ traceparent }) => (isKept(traceparent) ? traceparent : null));
  return [...groups.values()];
}

/** The last part of a `traceparent` is its flags, whose lowest bit says that the trace is kept. */
function isKept(traceparent: string | null): boolean {
  return traceparent !== null && (Number.parseInt(traceparent.slice(-2), 16) & 1) === 1;
}

import type { EventIdentity } from '../../../events/event-identity.js';

/**
 * What whoever brings a submission calls its events, one by one, so that those are known again that come twice and that their sources give no name. A
 * name is unique in its stream, and short.
 */
export interface EventNames {
  readonly stream: string;
  /** In the order of the events. */
  readonly keys: readonly string[];
}

/** By what an event is known again: what its source calls it, else what whoever brought it does; null where nobody does. */
export function knownBy(own: EventIdentity | null, index: number, names: EventNames | undefined): EventIdentity | null {
  const key = names?.keys[index];
  if (own !== null || names === undefined || key === undefined) return own;
  return { stream: names.stream, key };
}

import type { SecurityEvent } from '../../../../contracts/security-event.js';

/** An event, and the ids of the rules that it matched. */
export interface MatchedEvent {
  readonly event: SecurityEvent;
  readonly ruleIds: readonly string[];
  /** When it counts as having happened, milliseconds since the epoch: never later than it arrived. */
  readonly time: number;
}

/** Puts events in order of time; events of one time stay in the order of their own times and positions. */
export function inOrderOfTime(matched: readonly MatchedEvent[]): readonly MatchedEvent[] {
  return [...matched].sort((a, b) => a.time - b.time || a.event.time - b.event.time || a.event.index - b.event.index);
}

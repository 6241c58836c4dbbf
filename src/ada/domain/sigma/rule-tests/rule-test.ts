import type { EventFormat } from '../../../../contracts/security-event.js';

/** What a rule's author says that the rule does with certain events: a member of `tests` in the rule's document. */
export interface RuleTest {
  readonly name: string;
  /** How the events are declared, as when they are sent. */
  readonly format: EventFormat | 'auto';
  /**
   * Of a detection rule: whether it matches the events, each by itself. Of a correlation: whether it fires when they come one after another.
   */
  readonly matches: boolean;
  /** JSON texts, at least one. */
  readonly events: readonly string[];
}

/** When the events of a test come: late enough for whatever time they have, and the same on every day. Milliseconds since the epoch. */
export const TEST_ARRIVAL = Date.UTC(2100, 0);

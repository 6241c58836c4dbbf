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

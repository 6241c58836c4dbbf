import type { RuleTest } from '../sigma/rule-tests/rule-test.js';

/** An event of a rule's tests, or all events of a test that belong together. */
export interface RuleSample {
  /** Name of the test that it is from. */
  readonly test: string;
  /** Position of the event in its test; 0 where it stands for all of them. */
  readonly event: number;
  /** Whether the rule has to match it, or must not. */
  readonly matches: boolean;
  readonly format: RuleTest['format'];
  /** JSON texts: one, or those of a correlation in their order. */
  readonly texts: readonly string[];
}

/** What shows whether a rule is alive. */
export interface RuleSamples {
  readonly id: string;
  readonly title: string;
  readonly kind: 'detection' | 'correlation';
  readonly samples: readonly RuleSample[];
  /** Whether the rule brings no test that it has to match, and its sample was derived from what it asks. */
  readonly isDerived: boolean;
}

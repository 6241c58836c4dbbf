import type { Expression } from './expression.js';
import type { RuleHeader } from './rule-header.js';

/** Where a rule's events come from, in the rule's words. */
export interface Logsource {
  readonly product?: string;
  readonly category?: string;
  readonly service?: string;
}

/** A detection rule, read and checked. */
export interface SigmaRule extends RuleHeader {
  readonly logsource: Logsource;
  readonly detection: Expression;
}

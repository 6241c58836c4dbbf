import type { UnsupportedRule } from '../domain/rule-source.js';
import type { ReadingContext } from '../domain/sigma/detection-item.js';
import type { FilterRule } from '../domain/sigma/filters/filter-rule.js';
import { linkFilters } from '../domain/sigma/filters/link-filters.js';
import type { SigmaRule } from '../domain/sigma/sigma-rule.js';
import { TestBudget } from '../domain/sigma/test-budget.js';
import { RuleReader } from './rule-reader.js';

/** What a text holds of rules that are to be tried. */
export interface TrialRules {
  readonly rules: readonly SigmaRule[];
  /** Filters that refer to them. */
  readonly filters: readonly FilterRule[];
  readonly faults: readonly UnsupportedRule[];
}

/** Where a rule is said to stand that is tried. */
const SENT = 'rule-backtests';
const NO_CORRELATIONS = 'correlations are not back-tested, as they go by the order of events; send the rules that they refer to';

/** Reads the documents of one text: detection rules, and filters that refer to rules among them. */
export function readTrialRules(document: string, context: ReadingContext): TrialRules {
  const reader = new RuleReader({ ...context, budget: new TestBudget() });
  reader.read(SENT, Buffer.from(document));
  for (const rule of reader.correlations) reader.refuseRule({ rule, reason: NO_CORRELATIONS, path: [] });
  for (const one of linkFilters(reader.rules, reader.filters).refused) reader.refuseRule(one);
  return { rules: reader.rules, filters: reader.filters, faults: reader.unsupported };
}

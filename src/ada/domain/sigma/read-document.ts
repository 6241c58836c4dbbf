import { type CorrelationRule } from './correlation/correlation-rule.js';
import { parseCorrelation } from './correlation/parse-correlation.js';
import type { ReadingContext } from './detection-item.js';
import { type Fields, isFields, isGiven } from './fields.js';
import type { FilterRule } from './filters/filter-rule.js';
import { parseCheckedFilter } from './filters/parse-filter.js';
import { type NamedRule, parseNamedRule } from './parse-rule.js';
import type { TenantFault } from './read-by-tenant.js';
import type { RuleTest } from './rule-tests/rule-test.js';
import { readRuleTests } from './rule-tests/read-rule-tests.js';
import { SigmaError } from './sigma-error.js';

/** A Sigma document of one of the three kinds that there are. */
export type SigmaDocument =
  | (NamedRule & { readonly kind: 'detection'; readonly tests: readonly RuleTest[] })
  | { readonly kind: 'correlation'; readonly rule: CorrelationRule; readonly tests: readonly RuleTest[] }
  | { readonly kind: 'filter'; readonly rule: FilterRule; readonly tenantFaults: readonly TenantFault[] };

/** Reads a document, with the tests that it brings, from the plain object that its YAML holds. @throws SigmaError with the place of what is wrong */
export function readDocument(document: unknown, context: ReadingContext): SigmaDocument {
  if (isFields(document) && document['correlation'] !== undefined)
    return { kind: 'correlation', rule: parseCorrelation(document), tests: readRuleTests(document) };
  if (isFields(document) && document['filter'] !== undefined) return { kind: 'filter', ...readFilter(document, context) };
  return { kind: 'detection', ...parseNamedRule(document, context), tests: isFields(document) ? readRuleTests(document) : [] };
}

function readFilter(document: Fields, context: ReadingContext): ReturnType<typeof parseCheckedFilter> {
  if (isGiven(document['tests'])) throw new SigmaError('tests belong to the rule that is filtered, a filter has none', ['tests']);
  return parseCheckedFilter(document, context);
}

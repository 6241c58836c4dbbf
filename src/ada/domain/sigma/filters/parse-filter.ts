import type { ReadingContext } from '../detection-item.js';
import { type Fields, isFields } from '../fields.js';
import { readNames } from '../correlation/read-names.js';
import { readTenantSearches } from '../parse-rule.js';
import { readLogsource } from '../read-logsource.js';
import { readHeader } from '../rule-header.js';
import type { TenantFault } from '../read-by-tenant.js';
import { SigmaError, readPart } from '../sigma-error.js';
import type { FilterRule } from './filter-rule.js';

const NOT_SEARCHES: ReadonlySet<string> = new Set(['rules', 'condition']);
const MAX_RULES = 1_000;

/**
 * Reads a filter rule (Sigma specification 2.1.0; `rules: any` of 2.2) from the plain object that its YAML holds.
 * @throws SigmaError with the reason, and the place of what is wrong, when it cannot be used.
 */
export function parseFilter(document: Fields, context: ReadingContext): FilterRule {
  return parseCheckedFilter(document, context).rule;
}

/** The same, with whose values it cannot be used with. */
export function parseCheckedFilter(
  document: Fields,
  context: ReadingContext,
): { readonly rule: FilterRule; readonly tenantFaults: readonly TenantFault[] } {
  const section = document['filter'];
  if (!isFields(section)) throw new SigmaError('filter is not a mapping', ['filter']);
  for (const other of ['detection', 'correlation']) {
    if (document[other] !== undefined) throw new SigmaError(`a document is either a filter or a ${other}, not both`, [other]);
  }
  const header = readHeader(document);
  const logsource = readLogsource(document['logsource']);
  const rules = readPart(['filter', 'rules'], '', () => readRules(section['rules']));
  const { detection, own, faults } = readTenantSearches('filter', section, NOT_SEARCHES, context);
  return { rule: { ...header, logsource, rules, detection, ...(own && { own }) }, tenantFaults: faults };
}

function readRules(value: unknown): FilterRule['rules'] {
  if (value === 'any') return value;
  const rules = readNames('rules', value, MAX_RULES);
  if (rules.length === 0) throw new SigmaError('rules is missing: it names the rules that are filtered');
  return rules;
}

import type { TenantId } from '../../contracts/tenant.js';
import type { UnsupportedRule } from '../domain/rule-source.js';
import type { ReadingContext } from '../domain/sigma/detection-item.js';
import type { LogsourceTaxonomy } from '../domain/sigma/logsource-taxonomy.js';
import { type LinkedFilter, linkFilters } from '../domain/sigma/filters/link-filters.js';
import type { PlaceholderLists } from '../domain/sigma/placeholder-lists.js';
import { ExpansionBudget } from '../domain/sigma/placeholders.js';
import type { SigmaRule } from '../domain/sigma/sigma-rule.js';
import { TestBudget } from '../domain/sigma/test-budget.js';
import { compileLinearPattern } from './linear-pattern.js';
import { RuleReader } from './rule-reader.js';

/** What became of the filters that a tenant wrote: each is in force or reported. */
export interface OwnFilters {
  readonly filters: readonly LinkedFilter[];
  readonly unsupported: readonly UnsupportedRule[];
}

/** Where a filter is said to stand that was sent over HTTP. */
const SENT = 'rule-filters';
const MAX_EXPANSIONS = 20_000;

/** How a tenant's own documents are read: with what placeholders stand for in its rules, 20,000 values of them in all. */
export type OwnContextOf = (tenant: TenantId) => ReadingContext;

/** Their patterns are compiled by the linear engine alone, as tenants write them. */
export function ownContexts(logsources: LogsourceTaxonomy, lists: PlaceholderLists): OwnContextOf {
  return (tenant) => ({
    compilePattern: compileLinearPattern,
    placeholders: lists.of(tenant),
    expansions: new ExpansionBudget(MAX_EXPANSIONS),
    logsources,
  });
}

/** Links what was read to the rules that are loaded. What is no filter, or refers to a rule that is not loaded, is reported. */
export function linkOwnFilters(reader: RuleReader, rules: readonly SigmaRule[]): OwnFilters {
  for (const rule of [...reader.rules, ...reader.correlations]) {
    reader.refuseRule({ rule, reason: 'only filter rules belong to a tenant', path: [] });
  }
  const linked = linkFilters(rules, reader.filters);
  for (const one of linked.refused) reader.refuseRule(one);
  return { filters: linked.filters, unsupported: reader.unsupported };
}

/** Reads the filter documents of one text, which have one budget together. */
export function readFilterText(document: string, rules: readonly SigmaRule[], context: ReadingContext): OwnFilters {
  const reader = new RuleReader({ ...context, budget: new TestBudget() });
  if (document !== '') reader.read(SENT, Buffer.from(document));
  return linkOwnFilters(reader, rules);
}

import type { RuleSummary, UnsupportedRule } from '../contracts/rule-catalog.js';
import type { UnsupportedRule as LeftOutDocument } from './domain/rule-source.js';
import type { LinkedCorrelation } from './domain/sigma/correlation/link-correlations.js';
import type { LinkedFilter } from './domain/sigma/filters/link-filters.js';
import type { RuleHeader } from './domain/sigma/rule-header.js';
import type { SigmaRule } from './domain/sigma/sigma-rule.js';

const MAX_DESCRIPTION = 2_000;
const SHOWN_SEGMENTS = 4;

/** A Sigma rule as users see it: plain data, so that it can cross from the thread that loads rules. */
export function toRuleSummary(rule: SigmaRule, quiet: ReadonlySet<string> = new Set()): RuleSummary {
  return { ...summarise(rule), type: 'detection', alerts: !quiet.has(rule.id), logsource: { ...rule.logsource } };
}

/** The same of a correlation rule. */
export function toCorrelationSummary({ rule, reference }: LinkedCorrelation, quiet: ReadonlySet<string>): RuleSummary {
  return { ...summarise(rule), ...reference, type: 'correlation', alerts: !quiet.has(rule.id), rules: [...rule.rules], logsource: {} };
}

/** The same of a filter rule. */
export function toFilterSummary({ rule }: LinkedFilter): RuleSummary {
  const rules = rule.rules === 'any' ? ['any'] : [...rule.rules];
  return { ...summarise(rule), type: 'filter', alerts: false, rules, logsource: { ...rule.logsource } };
}

/** A document that is not in force, as users see it. The end of its path is enough to find it by, and tells nothing of the machine. */
export function toUnsupportedRule({ path, line, id, title, reason }: LeftOutDocument): UnsupportedRule {
  const shown = path.split(/[\\/]/).slice(-SHOWN_SEGMENTS).join('/');
  return { path: shown, line: line ?? null, id: id ?? null, title: title ?? null, reason };
}

function summarise(rule: RuleHeader): Omit<RuleSummary, 'logsource'> {
  const { id, title, author, level, license, techniques, tactics } = rule;
  return {
    id,
    title,
    author,
    level,
    license,
    detector: 'sigma',
    status: rule.status ?? 'unknown',
    description: (rule.description ?? '').slice(0, MAX_DESCRIPTION),
    techniques: [...techniques],
    tactics: [...tactics],
    falsepositives: [...rule.falsepositives],
  };
}

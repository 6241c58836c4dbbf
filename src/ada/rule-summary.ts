import type { RuleSummary, UnsupportedRule } from '../contracts/rule-catalog.js';
import type { UnsupportedRule as LeftOutDocument } from './domain/rule-source.js';
import type { SigmaRule } from './domain/sigma/sigma-rule.js';

const MAX_DESCRIPTION = 2_000;

/** A Sigma rule as users see it: plain data, so that it can cross from the thread that loads rules. */
export function toRuleSummary(rule: SigmaRule): RuleSummary {
  const { id, title, author, level, license, techniques, tactics, logsource } = rule;
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
    logsource: { ...logsource },
    falsepositives: [],
  };
}

/** A document that is not in force, as users see it. */
export function toUnsupportedRule({ path, id, title, reason }: LeftOutDocument): UnsupportedRule {
  return { path, id: id ?? null, title: title ?? null, reason };
}

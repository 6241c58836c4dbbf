import type { RuleSummary, UnsupportedRule } from '../contracts/rule-catalog.js';
import type { UnsupportedRule as LeftOutDocument } from './domain/rule-source.js';
import type { SigmaRule } from './domain/sigma/sigma-rule.js';

const MAX_DESCRIPTION = 2_000;
const SHOWN_SEGMENTS = 4;

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
    falsepositives: [...rule.falsepositives],
  };
}

/** A document that is not in force, as users see it. The end of its path is enough to find it by, and tells nothing of the machine. */
export function toUnsupportedRule({ path, line, id, title, reason }: LeftOutDocument): UnsupportedRule {
  const shown = path.split(/[\\/]/).slice(-SHOWN_SEGMENTS).join('/');
  return { path: shown, line: line ?? null, id: id ?? null, title: title ?? null, reason };
}

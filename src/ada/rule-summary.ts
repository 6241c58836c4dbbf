import type { RuleSummary, UnsupportedRule } from '../contracts/rule-catalog.js';
import type { LoadedRules } from './domain/rule-source.js';
import type { SigmaRule } from './domain/sigma/sigma-rule.js';
import type { LoadedRuleSummaries } from './loaded-rule-catalog.js';

const MAX_DESCRIPTION = 2_000;
const SHOWN_SEGMENTS = 4;

/** What was loaded, as users see it: plain data, so that it can cross from the thread that loads rules. */
export function summarize({ rules, unsupported }: LoadedRules): LoadedRuleSummaries {
  return { rules: rules.map(toRuleSummary), unsupported: unsupported.map(toUnsupported) };
}

/** A Sigma rule as users see it. */
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

/** The end of the path is enough to find the document, and tells nothing of the machine. */
function toUnsupported({ path, id, title, reason }: LoadedRules['unsupported'][number]): UnsupportedRule {
  const shown = path.split(/[\\/]/).slice(-SHOWN_SEGMENTS).join('/');
  return { path: shown, id: id ?? null, title: title ?? null, reason };
}

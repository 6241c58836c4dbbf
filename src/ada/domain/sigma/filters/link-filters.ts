import type { RefusedRule } from '../refused-rule.js';
import { RuleNames } from '../rule-names.js';
import { SigmaError, readPart } from '../sigma-error.js';
import type { Logsource, SigmaRule } from '../sigma-rule.js';
import type { FilterRule } from './filter-rule.js';

/** A filter that is in force, and the ids of the detection rules that it filters. */
export interface LinkedFilter {
  readonly rule: FilterRule;
  readonly targets: readonly string[];
}

/** What became of filters: each is in force or refused. */
export interface FilterLinks {
  readonly filters: readonly LinkedFilter[];
  readonly refused: readonly RefusedRule<FilterRule>[];
}

const MAX_FILTERS = 1_000;

/** Looks up what filters refer to. One that refers to what is not there, or to rules of another log source, is refused. */
export function linkFilters(rules: readonly SigmaRule[], filters: readonly FilterRule[]): FilterLinks {
  const names = new RuleNames(rules);
  const linked: LinkedFilter[] = [];
  const refused: RefusedRule<FilterRule>[] = [];
  for (const rule of filters) {
    try {
      if (linked.length >= MAX_FILTERS) throw new SigmaError(`there are more than ${MAX_FILTERS} filters`);
      linked.push({ rule, targets: targetsOf(rule, names, rules) });
    } catch (error) {
      if (!(error instanceof SigmaError)) throw error;
      refused.push({ rule, reason: error.message, path: error.path });
    }
  }
  return { filters: linked, refused };
}

function targetsOf(filter: FilterRule, names: RuleNames<SigmaRule>, rules: readonly SigmaRule[]): readonly string[] {
  if (filter.rules === 'any') return rules.filter((rule) => covers(filter.logsource, rule.logsource)).map(({ id }) => id);
  const targets = filter.rules.map((reference, at) => readPart(['filter', 'rules', at], '', () => names.find(reference)));
  const other = targets.find((rule) => !covers(filter.logsource, rule.logsource));
  if (other !== undefined) throw new SigmaError(`logsource is not that of "${other.title}", which it is to filter`, ['logsource']);
  return [...new Set(targets.map(({ id }) => id))];
}

/** A log source covers another one that says the same and perhaps more. */
function covers(wide: Logsource, narrow: Logsource): boolean {
  return (['product', 'category', 'service'] as const).every((part) => wide[part] === undefined || wide[part] === narrow[part]);
}

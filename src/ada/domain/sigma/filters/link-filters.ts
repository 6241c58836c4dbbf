import type { RefusedRule } from '../refused-rule.js';
import { RuleNames } from '../rule-names.js';
import { SigmaError, readPart } from '../sigma-error.js';
import type { Logsource, SigmaRule } from '../sigma-rule.js';
import type { FilterRule } from './filter-rule.js';

/** A filter that is in force, and the ids of the detection rules that it filters. */
export interface LinkedFilter {
  readonly rule: FilterRule;
  readonly targets: ReadonlySet<string>;
}

/** What became of filters: each is in force or refused. */
export interface FilterLinks {
  readonly filters: readonly LinkedFilter[];
  readonly refused: readonly RefusedRule<FilterRule>[];
}

const MAX_FILTERS = 1_000;

/** Looks up what filters refer to. One that refers to what is not there, or to rules of another log source, is refused. */
export function linkFilters(rules: readonly SigmaRule[], filters: readonly FilterRule[]): FilterLinks {
  const scope = new FilterScope(rules);
  const linked: LinkedFilter[] = [];
  const refused: RefusedRule<FilterRule>[] = [];
  for (const rule of filters) {
    try {
      if (linked.length >= MAX_FILTERS) throw new SigmaError(`there are more than ${MAX_FILTERS} filters`);
      linked.push({ rule, targets: scope.targetsOf(rule) });
    } catch (error) {
      if (!(error instanceof SigmaError)) throw error;
      refused.push({ rule, reason: error.message, path: error.path });
    }
  }
  return { filters: linked, refused };
}

/** The rules that filters may name, and those of each log source; filters of one log source share what `any` means. */
class FilterScope {
  private readonly names: RuleNames<SigmaRule>;
  private readonly covered = new Map<string, ReadonlySet<string>>();

  constructor(private readonly rules: readonly SigmaRule[]) {
    this.names = new RuleNames(rules);
  }

  targetsOf({ rules, logsource }: FilterRule): ReadonlySet<string> {
    if (rules === 'any') return this.coveredBy(logsource);
    const targets = rules.map((reference, at) => readPart(['filter', 'rules', at], '', () => this.names.find(reference)));
    const other = targets.find((rule) => !covers(logsource, rule.logsource));
    if (other !== undefined) throw new SigmaError(`logsource is not that of "${other.title}", which it is to filter`, ['logsource']);
    return new Set(targets.map(({ id }) => id));
  }

  private coveredBy(logsource: Logsource): ReadonlySet<string> {
    const { product, category, service } = logsource;
    const key = JSON.stringify([product, category, service]);
    let ids = this.covered.get(key);
    if (ids === undefined) {
      ids = new Set(this.rules.filter((rule) => covers(logsource, rule.logsource)).map(({ id }) => id));
      this.covered.set(key, ids);
    }
    return ids;
  }
}

/** A log source covers another one that says the same and perhaps more. */
function covers(wide: Logsource, narrow: Logsource): boolean {
  return (['product', 'category', 'service'] as const).every((part) => wide[part] === undefined || wide[part] === narrow[part]);
}

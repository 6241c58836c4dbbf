import type { LoadedDetection } from '../../ada/adapters/load-detection.js';
import { readTrialRules } from '../../ada/adapters/read-trial-rules.js';
import type { PastRecord } from '../../contracts/stored-events.js';
import { RuleTrial, type TrialFindings } from '../../ada/domain/backtest/rule-trial.js';
import type { CheckedRules, Trial } from '../../ada/domain/backtest/rule-trials.js';
import { linkFilters } from '../../ada/domain/sigma/filters/link-filters.js';
import { RuleFilters } from '../../ada/domain/sigma/filters/rule-filters.js';
import { toUnsupportedRule } from '../../ada/rule-summary.js';
import type { TenantId } from '../../contracts/tenant.js';

/** Trials that are kept ready, one for each back-test that has its turns. */
const MOST_READY = 4;

/** Tries rules in the thread that it is in. */
export class TrialDesk {
  private readonly ready = new Map<string, RuleTrial>();

  /** @param now milliseconds of a clock that only moves on. */
  constructor(
    private readonly inForce: Pick<LoadedDetection, 'rules' | 'everywhere' | 'own' | 'contextOf'>,
    private readonly now: () => number,
  ) {}

  check(tenant: TenantId, document: string): CheckedRules {
    const { rules, faults } = readTrialRules(document, this.inForce.contextOf(tenant));
    return { rules: rules.map(({ id, title, level }) => ({ id, title, level })), faults: faults.map(toUnsupportedRule) };
  }

  look(trial: Trial, records: readonly PastRecord[]): TrialFindings {
    return this.of(trial).look(records, trial.span);
  }

  private of(trial: Trial): RuleTrial {
    const key = JSON.stringify([trial.tenant, trial.filters.version, trial.document]);
    const ready = this.ready.get(key) ?? this.make(trial);
    this.ready.delete(key);
    this.ready.set(key, ready);
    const [oldest] = this.ready.keys();
    if (this.ready.size > MOST_READY && oldest !== undefined) this.ready.delete(oldest);
    return ready;
  }

  /** A rule that has the id of one in force stands in its place, so that filters that name that one filter it. */
  private make({ tenant, document, filters: sent }: Trial): RuleTrial {
    const { rules: loaded, everywhere, own, contextOf } = this.inForce;
    const { rules, filters, faults } = readTrialRules(document, contextOf(tenant));
    if (faults.length > 0) throw new Error('the rules cannot be used any more');
    own.set(tenant, sent);
    const named = [...everywhere, ...own.filtersOf(tenant)].map(({ rule }) => rule);
    own.forget(tenant);
    const tried = new Set(rules.map(({ id }) => id));
    const all = [...rules, ...loaded.filter(({ id }) => !tried.has(id))];
    return new RuleTrial(rules, new RuleFilters(linkFilters(all, [...named, ...filters]).filters), this.now, tenant);
  }
}

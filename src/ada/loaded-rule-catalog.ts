import { RuleCatalog, type RuleSummary, type UnsupportedRule } from '../contracts/rule-catalog.js';
import type { TenantId } from '../contracts/tenant.js';
import { ANOMALY_RULE_LIST } from './domain/anomaly/anomaly-rules.js';
import { STATISTICAL_RULES } from './domain/statistical/statistical-rules.js';

/** What rule loading has to hand over for users to see: plain data, as rules are loaded in worker threads. */
export interface LoadedRuleSummaries {
  readonly rules: readonly RuleSummary[];
  readonly unsupported: readonly UnsupportedRule[];
}

/**
 * The rules that were loaded at start, and those of statistics and anomalies: the same for every tenant. Before `take` was called there are only the
 * latter.
 */
export class LoadedRuleCatalog extends RuleCatalog {
  private byId = new Map<string, RuleSummary>();
  private ordered: readonly RuleSummary[] = [];
  private left: readonly UnsupportedRule[] = [];

  constructor(loaded: LoadedRuleSummaries = { rules: [], unsupported: [] }) {
    super();
    this.take(loaded);
  }

  /** Puts these rules in the place of all before. */
  take(loaded: LoadedRuleSummaries): void {
    this.byId = new Map([...STATISTICAL_RULES, ...ANOMALY_RULE_LIST, ...loaded.rules].map((rule) => [rule.id, rule]));
    this.ordered = [...this.byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    this.left = [...loaded.unsupported].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  }

  async list(_tenant: TenantId): Promise<readonly RuleSummary[]> {
    return this.ordered;
  }

  async find(_tenant: TenantId, ruleId: string): Promise<RuleSummary | undefined> {
    return this.byId.get(ruleId);
  }

  async unsupported(): Promise<readonly UnsupportedRule[]> {
    return this.left;
  }
}

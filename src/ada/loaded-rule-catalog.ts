import { RuleCatalog, type RuleSummary, type UnsupportedRule } from '../contracts/rule-catalog.js';
import type { TenantId } from '../contracts/tenant.js';
import { ANOMALY_RULE_LIST } from './domain/anomaly/anomaly-rules.js';
import { STATISTICAL_RULES } from './domain/statistical/statistical-rules.js';

/** What rule loading has to hand over for users to see: plain data, as rules are loaded in worker threads. */
export interface LoadedRuleSummaries {
  readonly rules: readonly RuleSummary[];
  readonly unsupported: readonly UnsupportedRule[];
}

/** The same of what a single tenant has of its own. */
export type OwnRules = LoadedRuleSummaries;

/** Answers what a tenant has of its own. */
export type OwnRulesOf = (tenant: TenantId) => Promise<OwnRules>;

const NOTHING: OwnRules = { rules: [], unsupported: [] };

/**
 * The rules that were loaded at start, and those of statistics and anomalies: the same for every tenant, besides what a tenant has of its own. Before
 * `take` was called there are only those of statistics and anomalies.
 */
export class LoadedRuleCatalog extends RuleCatalog {
  private shared: readonly RuleSummary[] = [];
  private unread: readonly UnsupportedRule[] = [];
  private everywhere = new TenantCatalog([], []);
  private ownOf: OwnRulesOf = async () => NOTHING;

  constructor(loaded: LoadedRuleSummaries = NOTHING) {
    super();
    this.take(loaded);
  }

  /** Puts these rules in the place of all before. */
  take({ rules, unsupported }: LoadedRuleSummaries, ownOf: OwnRulesOf = async () => NOTHING): void {
    this.shared = [...STATISTICAL_RULES, ...ANOMALY_RULE_LIST, ...rules];
    this.unread = unsupported;
    this.everywhere = new TenantCatalog(this.shared, unsupported);
    this.ownOf = ownOf;
  }

  async list(tenant: TenantId): Promise<readonly RuleSummary[]> {
    return (await this.of(tenant)).ordered;
  }

  async find(tenant: TenantId, ruleId: string): Promise<RuleSummary | undefined> {
    return (await this.of(tenant)).byId.get(ruleId);
  }

  async unsupported(tenant: TenantId): Promise<readonly UnsupportedRule[]> {
    return (await this.of(tenant)).unsupported;
  }

  private async of(tenant: TenantId): Promise<TenantCatalog> {
    const { rules, unsupported } = await this.ownOf(tenant);
    if (rules.length + unsupported.length === 0) return this.everywhere;
    return new TenantCatalog([...rules, ...this.shared], [...this.unread, ...unsupported]);
  }
}

/** The rules of one tenant, in their orders. Of two with one id the later holds, so that a tenant's own hides none that all have. */
class TenantCatalog {
  readonly byId: ReadonlyMap<string, RuleSummary>;
  readonly ordered: readonly RuleSummary[];
  readonly unsupported: readonly UnsupportedRule[];

  constructor(rules: readonly RuleSummary[], unsupported: readonly UnsupportedRule[]) {
    this.byId = new Map(rules.map((rule) => [rule.id, complete(rule)]));
    this.ordered = [...this.byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    this.unsupported = unsupported
      .map((issue) => ({ ...issue, line: issue.line ?? null }))
      .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : (a.line ?? 0) - (b.line ?? 0)));
  }
}

function complete(rule: RuleSummary): RuleSummary {
  const { type = rule.detector === 'statistical' ? 'statistic' : 'detection', alerts = true, rules = [] } = rule;
  return { ...rule, type, alerts, rules };
}

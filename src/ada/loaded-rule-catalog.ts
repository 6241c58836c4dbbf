import { RuleCatalog, type RuleSummary, type UnsupportedRule } from '../contracts/rule-catalog.js';
import type { TenantId } from '../contracts/tenant.js';
import { ANOMALY_RULE_LIST } from './domain/anomaly/anomaly-rules.js';
import { STATISTICAL_RULES } from './domain/statistical/statistical-rules.js';

/** What rule loading has to hand over for users to see: plain data, as rules are loaded in worker threads. */
export interface LoadedRuleSummaries {
  readonly rules: readonly RuleSummary[];
  readonly unsupported: readonly UnsupportedRule[];
  /** What single tenants have of their own. */
  readonly byTenant?: ReadonlyMap<TenantId, Omit<LoadedRuleSummaries, 'byTenant'>>;
}

/**
 * The rules that were loaded at start, and those of statistics and anomalies: the same for every tenant, besides what a tenant has of its own. Before
 * `take` was called there are only those of statistics and anomalies.
 */
export class LoadedRuleCatalog extends RuleCatalog {
  private everywhere = new TenantCatalog([], []);
  private byTenant = new Map<TenantId, TenantCatalog>();

  constructor(loaded: LoadedRuleSummaries = { rules: [], unsupported: [] }) {
    super();
    this.take(loaded);
  }

  /** Puts these rules in the place of all before. */
  take({ rules, unsupported, byTenant }: LoadedRuleSummaries): void {
    const shared = [...STATISTICAL_RULES, ...ANOMALY_RULE_LIST, ...rules];
    this.everywhere = new TenantCatalog(shared, unsupported);
    this.byTenant = new Map(
      [...(byTenant ?? [])].map(([tenant, own]) => [
        tenant,
        new TenantCatalog([...own.rules, ...shared], [...unsupported, ...own.unsupported]),
      ]),
    );
  }

  async list(tenant: TenantId): Promise<readonly RuleSummary[]> {
    return this.of(tenant).ordered;
  }

  async find(tenant: TenantId, ruleId: string): Promise<RuleSummary | undefined> {
    return this.of(tenant).byId.get(ruleId);
  }

  async unsupported(tenant: TenantId): Promise<readonly UnsupportedRule[]> {
    return this.of(tenant).unsupported;
  }

  private of(tenant: TenantId): TenantCatalog {
    return this.byTenant.get(tenant) ?? this.everywhere;
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

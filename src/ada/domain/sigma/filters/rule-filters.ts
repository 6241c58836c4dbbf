import type { SecurityEvent } from '../../../../contracts/security-event.js';
import type { TenantId } from '../../../../contracts/tenant.js';
import { evidenceIn } from '../evidence.js';
import type { Expression } from '../expression.js';
import { detectionFor } from '../tenant-detection.js';
import type { FilterRule } from './filter-rule.js';
import type { LinkedFilter } from './link-filters.js';

/**
 * The filters in force: those of all tenants and those of single ones. A match that a filter holds for is left out, which is what
 * AND NOT in the rule would do; a tenant's own filters are asked for its events alone. Only matches are asked, so a filter costs nothing
 * where its rules are silent.
 */
export class RuleFilters {
  private readonly everywhere: FiltersByRule;
  private readonly byTenant: Map<TenantId, FiltersByRule>;

  constructor(everywhere: readonly LinkedFilter[] = [], byTenant: ReadonlyMap<TenantId, readonly LinkedFilter[]> = new Map()) {
    this.everywhere = new FiltersByRule(everywhere);
    this.byTenant = new Map([...byTenant].map(([tenant, filters]) => [tenant, new FiltersByRule(filters)]));
  }

  /** Puts filters in the place of all that a tenant has of its own; they are in force for the next event. */
  replace(tenant: TenantId, filters: readonly LinkedFilter[]): void {
    if (filters.length === 0) this.byTenant.delete(tenant);
    else this.byTenant.set(tenant, new FiltersByRule(filters));
  }

  /** Whether there are none, of all tenants or of this one. */
  areNone(tenant: TenantId): boolean {
    return this.everywhere.isEmpty && !this.byTenant.has(tenant);
  }

  /** Tells whether an event, of a tenant or of nobody, is left out of the matches of a rule. */
  leavesOut(tenant: TenantId | undefined, ruleId: string, event: SecurityEvent): boolean {
    const own = tenant === undefined ? undefined : this.byTenant.get(tenant);
    return this.everywhere.hold(ruleId, event, tenant) || own?.hold(ruleId, event, tenant) === true;
  }
}

/** Filters by the rules that they filter, looked up once for each rule that matches. An event is asked once by each, however many rules match it. */
class FiltersByRule {
  private readonly answers = new WeakMap<SecurityEvent, Map<Expression, boolean>>();
  private readonly known = new Map<string, readonly FilterRule[]>();

  constructor(private readonly filters: readonly LinkedFilter[]) {}

  get isEmpty(): boolean {
    return this.filters.length === 0;
  }

  hold(ruleId: string, event: SecurityEvent, tenant: TenantId | undefined): boolean {
    const filters = this.of(ruleId);
    return filters.length > 0 && this.anyHolds(filters, event, tenant);
  }

  private anyHolds(filters: readonly FilterRule[], event: SecurityEvent, tenant: TenantId | undefined): boolean {
    let answers = this.answers.get(event);
    if (answers === undefined) this.answers.set(event, (answers = new Map()));
    for (const filter of filters) {
      const expression = detectionFor(filter, tenant);
      let answer = answers.get(expression);
      if (answer === undefined) answers.set(expression, (answer = evidenceIn(expression, event) !== undefined));
      if (answer) return true;
    }
    return false;
  }

  private of(ruleId: string): readonly FilterRule[] {
    let known = this.known.get(ruleId);
    if (known === undefined) {
      known = this.filters.flatMap(({ rule, targets }) => (targets.has(ruleId) ? [rule] : []));
      this.known.set(ruleId, known);
    }
    return known;
  }
}

import type { SecurityEvent } from '../../../../contracts/security-event.js';
import type { TenantId } from '../../../../contracts/tenant.js';
import { evidenceIn } from '../evidence.js';
import type { Expression } from '../expression.js';
import type { LinkedFilter } from './link-filters.js';

type ByRule = ReadonlyMap<string, readonly Expression[]>;

const NONE: ByRule = new Map();

/**
 * The filters in force: those of all tenants and those of single ones. A match that a filter holds for is left out, which is what
 * AND NOT in the rule would do; a tenant's own filters are asked for its events alone. Only matches are asked, so a filter costs nothing
 * where its rules are silent.
 */
export class RuleFilters {
  private readonly everywhere: ByRule;
  private readonly byTenant: Map<TenantId, ByRule>;

  constructor(everywhere: readonly LinkedFilter[] = [], byTenant: ReadonlyMap<TenantId, readonly LinkedFilter[]> = new Map()) {
    this.everywhere = byRule(everywhere);
    this.byTenant = new Map([...byTenant].map(([tenant, filters]) => [tenant, byRule(filters)]));
  }

  /** Puts filters in the place of all that a tenant has of its own; they are in force for the next event. */
  replace(tenant: TenantId, filters: readonly LinkedFilter[]): void {
    if (filters.length === 0) this.byTenant.delete(tenant);
    else this.byTenant.set(tenant, byRule(filters));
  }

  /** Tells whether an event, of a tenant or of nobody, is left out of the matches of a rule. */
  leavesOut(tenant: TenantId | undefined, ruleId: string, event: SecurityEvent): boolean {
    return holds(this.everywhere, ruleId, event) || holds(this.ownOf(tenant), ruleId, event);
  }

  private ownOf(tenant: TenantId | undefined): ByRule {
    return tenant === undefined ? NONE : (this.byTenant.get(tenant) ?? NONE);
  }
}

function byRule(filters: readonly LinkedFilter[]): ByRule {
  const found = new Map<string, Expression[]>();
  for (const { rule, targets } of filters) {
    for (const target of targets) {
      const others = found.get(target);
      if (others === undefined) found.set(target, [rule.detection]);
      else others.push(rule.detection);
    }
  }
  return found;
}

function holds(filters: ByRule, ruleId: string, event: SecurityEvent): boolean {
  return filters.get(ruleId)?.some((expression) => evidenceIn(expression, event) !== undefined) ?? false;
}

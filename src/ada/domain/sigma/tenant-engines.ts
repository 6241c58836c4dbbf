import type { SecurityEvent } from '../../../contracts/security-event.js';
import type { TenantId } from '../../../contracts/tenant.js';
import { SigmaEngine, type SigmaEngineOptions } from './sigma-engine.js';
import type { SigmaRule } from './sigma-rule.js';
import { CacheBudget } from './value-cache.js';

interface OwnEngine {
  readonly ids: ReadonlySet<string>;
  readonly engine: SigmaEngine;
}

/** A tenant has few kinds of events that its own rules look at. */
const OWN_ORIGINS = 64;

/**
 * One engine for what rules look for in everybody's events and, for each tenant for which some look for something else, a small one with these. So a
 * tenant's events are never held against values of another, and tenants without values of their own cost nothing.
 */
export class TenantEngines {
  private readonly common: SigmaEngine;
  private readonly own: ReadonlyMap<TenantId, OwnEngine>;

  constructor(rules: readonly SigmaRule[], { cache = new CacheBudget(), ...options }: SigmaEngineOptions = {}) {
    this.common = new SigmaEngine(rules, { ...options, cache });
    this.own = ownEngines(rules, { ...options, cache, origins: OWN_ORIGINS });
  }

  /** Whether there are rules that look for something else in events of a tenant. */
  hasOwn(tenant: TenantId): boolean {
    return this.own.has(tenant);
  }

  /** The rules that an event of a tenant matches, as they are for this tenant, in order of rule id. */
  match(tenant: TenantId, event: SecurityEvent): readonly SigmaRule[] {
    const found = this.common.match(event);
    const own = this.own.get(tenant);
    if (own === undefined) return found;
    return merged(
      found.filter(({ id }) => !own.ids.has(id)),
      own.engine.match(event),
    );
  }

  /** Whether a rule looks for something of its own in events of a tenant. */
  isOwn(tenant: TenantId, ruleId: string): boolean {
    return this.own.get(tenant)?.ids.has(ruleId) === true;
  }

  /** The rules that it matches as they are for the tenant or as they are for everybody else: samples of rules are written for these. */
  matchAny(tenant: TenantId, event: SecurityEvent): readonly SigmaRule[] {
    const own = this.own.get(tenant)?.engine.match(event) ?? [];
    const ids = new Set(own.map(({ id }) => id));
    return merged(
      this.common.match(event).filter(({ id }) => !ids.has(id)),
      own,
    );
  }
}

function merged(some: readonly SigmaRule[], others: readonly SigmaRule[]): readonly SigmaRule[] {
  return others.length === 0 ? some : [...some, ...others].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

function ownEngines(rules: readonly SigmaRule[], options: SigmaEngineOptions): ReadonlyMap<TenantId, OwnEngine> {
  const byTenant = new Map<TenantId, SigmaRule[]>();
  for (const { own, ...rule } of rules) {
    for (const [tenant, detection] of own ?? []) {
      const known = byTenant.get(tenant);
      if (known === undefined) byTenant.set(tenant, [{ ...rule, detection }]);
      else known.push({ ...rule, detection });
    }
  }
  return new Map(
    [...byTenant].map(([tenant, some]) => [tenant, { ids: new Set(some.map(({ id }) => id)), engine: new SigmaEngine(some, options) }]),
  );
}

import { Logger } from '@nestjs/common';
import { RuleCatalog } from '../contracts/rule-catalog.js';
import type { Severity } from '../contracts/severity.js';
import type { TenantId } from '../contracts/tenant.js';
import type { AuditLog } from '../platform/audit/audit-log.js';
import type { Clock } from '../platform/clock/clock.js';
import type { Canaries } from './canaries.js';
import { prepareCanaries, type CanaryOutcome, type PreparedBatch } from './domain/liveness/canary-batch.js';
import { judgeCanaries, NOT_LIVE, type LivenessFault, type LivenessState, type NotLive } from './domain/liveness/judge-canaries.js';
import type { RuleSamples } from './domain/liveness/rule-sample.js';
import { countDead, takeFindings, type LivenessChange, type TenantLiveness } from './domain/liveness/tenant-liveness.js';

/** How a rule is in a tenant, as users see it. Times are RFC 3339 UTC. */
export interface ShownLiveness {
  readonly rule_id: string;
  readonly title: string;
  /** Null where the rule is not among those in force, although it was when the process started. */
  readonly level: Severity | null;
  readonly state: LivenessState;
  readonly checked_at: string | null;
  readonly last_live_at: string | null;
  readonly not_live_since: string | null;
  /** Whether its sample was derived from what it asks, as it brings no test that it has to match. */
  readonly derived: boolean;
  readonly faults: readonly LivenessFault[];
}

/** What a check of all rules of a tenant came to. */
export interface LivenessSummary extends Readonly<Record<LivenessState, number>> {
  readonly checked_at: string;
}

interface Known extends TenantLiveness {
  readonly counts: Readonly<Record<NotLive, number>>;
}

const MOST_TENANTS = 10_000;
const MOST_NAMED = 100;

/**
 * Knows which rules are alive in which tenant, from samples that went the way of its events in this process. What it knows is of this process, and is found
 * out anew after a start.
 */
export class RuleLiveness {
  private readonly logger = new Logger(RuleLiveness.name);
  private readonly known = new Map<TenantId, Known>();
  private readonly underWay = new Map<TenantId, Promise<Known>>();
  private sampled: ReadonlyMap<string, Pick<RuleSamples, 'title' | 'isDerived'>> = new Map();
  private prepared: readonly PreparedBatch[] = [];

  constructor(
    private readonly canaries: Canaries,
    private readonly catalog: RuleCatalog,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Takes the samples of all rules; what was known of others is found out anew. */
  take(rules: readonly RuleSamples[]): void {
    this.sampled = new Map(rules.map(({ id, title, isDerived }) => [id, { title, isDerived }]));
    this.prepared = prepareCanaries(rules);
    this.known.clear();
  }

  /** The rules that are not live, counted once for each tenant. */
  get dead(): Readonly<Record<NotLive, number>> {
    const sums = { silent: 0, noisy: 0, filtered: 0 };
    for (const { counts } of this.known.values()) for (const state of NOT_LIVE) sums[state] += counts[state];
    return sums;
  }

  /** How each rule is, ordered by id. A tenant that was never checked is checked first. @throws Problem 503 where it cannot be */
  async list(tenant: TenantId): Promise<readonly ShownLiveness[]> {
    const known = this.known.get(tenant) ?? (await this.check(tenant));
    const rules = new Map((await this.catalog.list(tenant)).flatMap((rule) => (rule.type === 'filter' ? [] : [[rule.id, rule] as const])));
    const ids = [...new Set([...rules.keys(), ...this.sampled.keys()])].sort();
    return ids.map((id) => ({
      rule_id: id,
      title: rules.get(id)?.title ?? this.sampled.get(id)?.title ?? id,
      level: rules.get(id)?.level ?? null,
      ...this.stateOf(id, known),
    }));
  }

  /** Checks all rules of a tenant now, or joins a check that is under way. @throws Problem 503 where it cannot be done */
  async checkNow(tenant: TenantId): Promise<LivenessSummary> {
    const { checkedAt } = await this.check(tenant);
    const counts = Object.fromEntries(['live', ...NOT_LIVE, 'no_sample'].map((state) => [state, 0])) as Record<LivenessState, number>;
    for (const { state } of await this.list(tenant)) counts[state] += 1;
    return { checked_at: new Date(checkedAt).toISOString(), ...counts };
  }

  /** Finds out how the rules of a tenant are. @throws Error where no canary comes through; what was known stays known. */
  check(tenant: TenantId): Promise<TenantLiveness> {
    const begun = this.underWay.get(tenant);
    if (begun) return begun;
    const check = this.find(tenant).finally(() => this.underWay.delete(tenant));
    this.underWay.set(tenant, check);
    return check;
  }

  forget(tenant: TenantId): void {
    this.known.delete(tenant);
  }

  private async find(tenant: TenantId): Promise<Known> {
    const { prepared } = this;
    const outcomes: CanaryOutcome[] = [];
    for (const { batch } of prepared) outcomes.push(...(await this.canaries.send(tenant, batch)));
    if (prepared !== this.prepared) return this.find(tenant);
    const asked = prepared.flatMap((one) => one.asked);
    const change = takeFindings(this.known.get(tenant), judgeCanaries(asked, outcomes), this.clock.now());
    const known = { ...change.now, counts: countDead(change.now) };
    await this.tell(tenant, change);
    this.remember(tenant, known);
    return known;
  }

  private remember(tenant: TenantId, known: Known): void {
    this.known.delete(tenant);
    this.known.set(tenant, known);
    const [oldest] = this.known.keys();
    if (this.known.size > MOST_TENANTS && oldest !== undefined) this.known.delete(oldest);
  }

  private async tell(tenant: TenantId, { stopped, revived }: LivenessChange): Promise<void> {
    const rules = stopped.slice(0, MOST_NAMED).map(([rule_id, state]) => ({ rule_id, state }));
    if (revived.length > 0) {
      const live = revived.slice(0, MOST_NAMED);
      this.logger.log({ event: 'rules.live_again', tenant_id: tenant, rules: live, count: revived.length }, 'rules are live again');
    }
    if (rules.length === 0) return;
    this.logger.error({ event: 'rules.not_live', tenant_id: tenant, rules, count: stopped.length }, 'rules are not live');
    await this.audit.append(tenant, [
      {
        action: 'rules.not_live',
        actor: { type: 'system', id: 'rule-liveness' },
        target: { type: 'rules', id: rules.length === 1 ? (rules[0]?.rule_id ?? '') : 'several' },
        outcome: 'failure',
        correlation_id: 'rule-liveness',
        details: { rules, count: stopped.length },
      },
    ]);
  }

  private stateOf(id: string, { checkedAt, dead }: TenantLiveness): Omit<ShownLiveness, 'rule_id' | 'title' | 'level'> {
    const sampled = this.sampled.get(id);
    const unknown = { checked_at: null, last_live_at: null, not_live_since: null, derived: false, faults: [] };
    if (!sampled) return { state: 'no_sample', ...unknown };
    const derived = sampled.isDerived;
    const checked_at = new Date(checkedAt).toISOString();
    const found = dead.get(id);
    if (!found) return { state: 'live', checked_at, last_live_at: checked_at, not_live_since: null, derived, faults: [] };
    return {
      state: found.state,
      checked_at,
      last_live_at: found.lastLiveAt === null ? null : new Date(found.lastLiveAt).toISOString(),
      not_live_since: new Date(found.since).toISOString(),
      derived,
      faults: found.faults,
    };
  }
}

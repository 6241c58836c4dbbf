import type { Detection } from '../../../../contracts/detection.js';
import type { SecurityEvent } from '../../../../contracts/security-event.js';
import type { TenantId } from '../../../../contracts/tenant.js';
import { arrivalOf } from '../../arrival.js';
import type { BatchHead, RuleSighting } from '../../detector.js';
import { LearningDetector, type Lesson } from '../../learning-detector.js';
import type { RulesInForce } from '../../rules-in-force.js';
import { RuleFilters } from '../filters/rule-filters.js';
import type { SigmaEngineOptions } from '../sigma-engine.js';
import type { SigmaRule } from '../sigma-rule.js';
import { TenantEngines } from '../tenant-engines.js';
import { type CorrelationFinding, toDetection } from './correlation-detection.js';
import type { CorrelationLosses } from './correlation-losses.js';
import { decodeCorrelations, encodeCorrelations } from './correlation-snapshot.js';
import { Correlator } from './correlator.js';
import type { LinkedCorrelation } from './link-correlations.js';
import { inOrderOfTime, type MatchedEvent } from './matched-events.js';
import { CORRELATION_LIMITS, type CorrelationLimits, TenantCorrelations } from './tenant-correlations.js';

/** What a correlation detector works with. */
export interface CorrelationDetectorOptions {
  /** Those that others refer to come first. */
  readonly correlations: readonly LinkedCorrelation[];
  /** Detection rules; those that correlations refer to are matched. */
  readonly rules: readonly SigmaRule[];
  /** Ids of the correlations that only serve others. */
  readonly quiet?: ReadonlySet<string> | undefined;
  readonly filters?: RuleFilters | undefined;
  readonly sigma?: SigmaEngineOptions | undefined;
  readonly limits?: CorrelationLimits;
  /** Is told what was lost. */
  readonly losses?: CorrelationLosses | undefined;
}

/** What is known of a tenant, and of which correlations. */
interface Known {
  readonly state: TenantCorrelations;
  readonly correlations: readonly LinkedCorrelation[];
}
/** How events are matched: those of tenants, and samples of rules. */
const LIVE = { isSample: false, isUnfiltered: false };
const SAMPLES = { isSample: true, isUnfiltered: false };
const UNFILTERED = { isSample: true, isUnfiltered: true };

/**
 * Finds what Sigma correlation rules describe. The rules that they refer to are matched here, so that what is learned follows from the
 * events alone, and learning a batch again after a restart gives the same. Time is the events' own, but never later than their arrival;
 * events of a batch are taken in order of time.
 */
export class CorrelationDetector extends LearningDetector {
  readonly kind = 'sigma';
  private readonly tenants = new Map<TenantId, Known>();
  private correlator: Correlator;
  private filters: RuleFilters;
  private readonly limits: CorrelationLimits;
  private engines: TenantEngines | undefined;

  constructor(private options: CorrelationDetectorOptions) {
    super();
    this.correlator = new Correlator(options.correlations);
    this.filters = options.filters ?? new RuleFilters();
    this.limits = options.limits ?? CORRELATION_LIMITS;
  }

  init(): void {
    const { correlations, rules, sigma } = this.options;
    const wanted = new Set(correlations.flatMap(({ inputs }) => inputs.map(({ ruleId }) => ruleId)));
    this.engines = new TenantEngines(
      rules.filter(({ id }) => wanted.has(id)),
      sigma,
    );
  }

  /** Events are matched as they are taken, and all learned at the end: nothing is learned where matching throws. */
  begin(tenant: TenantId, events: readonly SecurityEvent[], batch: BatchHead): Lesson {
    const matched: MatchedEvent[] = [];
    return {
      take: (some) => void matched.push(...this.match(tenant, some, batch)),
      end: () => this.learn(tenant, events, batch, matched),
    };
  }

  /** Correlations tell nothing of how rare an event is. */
  rarityOf(): undefined {
    return undefined;
  }

  /**
   * What fires when these events are all that ever came, and which of them the rules match that only serve correlations. What was counted of the tenant's own
   * events is neither seen nor touched.
   */
  override rehearse(tenant: TenantId, events: readonly SecurityEvent[], batch: BatchHead): readonly RuleSighting[] {
    const kept = this.rehearseWith(this.match(tenant, events, batch, SAMPLES), batch);
    if (this.filters.areNone(tenant)) return kept.map((sighting) => ({ ...sighting, isLeftOut: false }));
    const seen = new Set(kept.map(({ ruleId, event }) => `${event} ${ruleId}`));
    const all = this.rehearseWith(this.match(tenant, events, batch, UNFILTERED), batch);
    return [
      ...kept.map((sighting) => ({ ...sighting, isLeftOut: false })),
      ...all.filter(({ ruleId, event }) => !seen.has(`${event} ${ruleId}`)).map((sighting) => ({ ...sighting, isLeftOut: true })),
    ];
  }

  /** What is known of a tenant is brought over once it is asked for; that of correlations which ask something else is dropped, as by a restart. */
  override takeRules({ rules, correlations, quiet, suppressions }: RulesInForce): void {
    this.options = { ...this.options, rules, correlations, quiet };
    this.filters = suppressions;
    this.correlator = new Correlator(correlations);
    this.init();
  }

  snapshot(tenant: TenantId): Uint8Array | null {
    const known = this.tenants.get(tenant);
    return known === undefined ? null : encodeCorrelations(known.state, known.correlations);
  }

  restore(tenant: TenantId, snapshot: Uint8Array): void {
    const { correlations } = this.options;
    const state = decodeCorrelations(snapshot, correlations, this.limits);
    if (state === undefined) this.tenants.delete(tenant);
    else this.tenants.set(tenant, { state, correlations });
  }

  forget(tenant: TenantId): void {
    this.tenants.delete(tenant);
  }

  destroy(): void {
    this.tenants.clear();
    this.engines = undefined;
  }

  private rehearseWith(matched: readonly MatchedEvent[], { batch_id }: BatchHead): readonly Omit<RuleSighting, 'isLeftOut'>[] {
    const served = matched.flatMap(({ event, ruleIds }) =>
      ruleIds.flatMap((ruleId) => (this.options.quiet?.has(ruleId) === true ? [{ ruleId, event: event.index }] : [])),
    );
    const fired = this.fire(new TenantCorrelations(this.options.correlations, this.limits), batch_id, matched);
    return [...served, ...fired.map(({ correlation, event }) => ({ ruleId: correlation.rule.id, event: event.index }))];
  }

  private match(tenant: TenantId, events: readonly SecurityEvent[], batch: BatchHead, as = LIVE): readonly MatchedEvent[] {
    const { engines, filters } = this;
    if (engines === undefined) throw new Error('the detector was not initialised');
    if (this.options.correlations.length === 0) return [];
    const arrival = arrivalOf(batch);
    const matched: MatchedEvent[] = [];
    for (const event of events) {
      const rules = as.isSample ? engines.matchAny(tenant, event) : engines.match(tenant, event);
      if (rules.length === 0) continue;
      const ruleIds = rules.filter(({ id }) => as.isUnfiltered || !filters.leavesOut(tenant, id, event)).map(({ id }) => id);
      if (ruleIds.length > 0) matched.push({ event, ruleIds, time: Math.min(event.time, arrival) });
    }
    return matched;
  }

  private learn(tenant: TenantId, events: readonly SecurityEvent[], batch: BatchHead, matched: readonly MatchedEvent[]): Detection[] {
    if (this.options.correlations.length === 0) return [];
    const state = this.stateOf(tenant);
    const { evicted, late } = state;
    const found = this.fire(state, batch.batch_id, matched).flatMap((finding) =>
      this.options.quiet?.has(finding.correlation.rule.id) === true ? [] : [toDetection(finding)],
    );
    state.advance(newestOf(events, arrivalOf(batch)));
    this.options.losses?.add(state.evicted - evicted, state.late - late);
    return found;
  }

  private fire(state: TenantCorrelations, batchId: string, matched: readonly MatchedEvent[]): readonly CorrelationFinding[] {
    const findings: CorrelationFinding[] = [];
    for (const one of inOrderOfTime(matched)) findings.push(...this.correlator.take(state, batchId, one));
    return findings;
  }

  private stateOf(tenant: TenantId): TenantCorrelations {
    const { correlations } = this.options;
    const known = this.tenants.get(tenant);
    if (known?.correlations === correlations) return known.state;
    const state = (known && this.broughtOver(known)) ?? new TenantCorrelations(correlations, this.limits);
    this.tenants.set(tenant, { state, correlations });
    return state;
  }

  private broughtOver({ state, correlations }: Known): TenantCorrelations | undefined {
    const snapshot = encodeCorrelations(state, correlations);
    return snapshot === null ? undefined : decodeCorrelations(snapshot, this.options.correlations, this.limits);
  }
}

function newestOf(events: readonly SecurityEvent[], arrival: number): number {
  let newest = Number.NEGATIVE_INFINITY;
  for (const { time } of events) if (time > newest && time <= arrival) newest = time;
  return newest;
}

import type { SecurityEvent } from '../../../contracts/security-event.js';
import type { TenantId } from '../../../contracts/tenant.js';
import { arrivalOf } from '../arrival.js';
import type { BatchHead } from '../detector.js';
import { LearningDetector, type Lesson } from '../learning-detector.js';
import { decodeBaseline, encodeBaseline } from './baseline-snapshot.js';
import { type Finding, toDetection } from './finding.js';
import type { Observed } from './observe-event.js';
import { ObservedEvents } from './observed-events.js';
import { TenantBaseline } from './tenant-baseline.js';

/**
 * Finds what is new and what is too much, in each tenant against that tenant's own past: pairs never seen before from entities that are well
 * known, and bursts. It learns before it speaks, keeps to a budget of one detection per 1,000 events, and says one thing per entity and batch.
 * Everything goes by event time, never later than arrival, and in the order of batches, so that a replay gives the same. Fixed memory per tenant, below 512 KiB.
 */
export class StatisticalDetector extends LearningDetector {
  readonly kind = 'statistical';
  private readonly baselines = new Map<TenantId, TenantBaseline>();

  /** @param observed may be shared with other detectors. */
  constructor(private readonly observed = new ObservedEvents()) {
    super();
  }

  init(): void {
    this.baselines.clear();
  }

  begin(tenant: TenantId, events: readonly SecurityEvent[], batch: BatchHead): Lesson {
    const baseline = this.baselineOf(tenant);
    baseline.enter(events, arrivalOf(batch));
    const findings: Finding[] = [];
    return {
      take: (some) => {
        for (const event of some) {
          const finding = findIn(baseline, event, this.observed.of(event));
          if (finding !== undefined) findings.push(finding);
        }
      },
      end: () => baseline.budget.admit(findings, (a, b) => b.surprise - a.surprise).map(toDetection),
    };
  }

  rarityOf(tenant: TenantId, event: SecurityEvent): number | undefined {
    const baseline = this.baselines.get(tenant);
    const [main] = this.observed.of(event).pairs;
    return baseline === undefined || main === undefined ? undefined : baseline.rarity(main);
  }

  snapshot(tenant: TenantId): Uint8Array | null {
    const baseline = this.baselines.get(tenant);
    return baseline === undefined ? null : encodeBaseline(baseline);
  }

  restore(tenant: TenantId, snapshot: Uint8Array): void {
    const baseline = decodeBaseline(tenant, snapshot);
    if (baseline === undefined) this.baselines.delete(tenant);
    else this.baselines.set(tenant, baseline);
  }

  forget(tenant: TenantId): void {
    this.baselines.delete(tenant);
  }

  destroy(): void {
    this.baselines.clear();
  }

  private baselineOf(tenant: TenantId): TenantBaseline {
    let baseline = this.baselines.get(tenant);
    if (baseline === undefined) this.baselines.set(tenant, (baseline = new TenantBaseline(tenant)));
    return baseline;
  }
}

/** Learns an event; what is most worth telling about it. */
function findIn(baseline: TenantBaseline, event: SecurityEvent, { pairs, tallies }: Observed): Finding | undefined {
  let found: Finding | undefined;
  for (const observation of pairs) {
    const novelty = baseline.observe(observation);
    if (novelty !== undefined && (found === undefined || novelty.surprise > found.surprise)) {
      found = { kind: 'first-seen', event, subject: observation.left, surprise: novelty.surprise, observation, novelty };
    }
  }
  for (const tally of tallies) {
    const burst = baseline.tally(tally, event);
    if (burst !== undefined) found = { kind: 'burst', event, subject: tally.entity, surprise: BURST_SURPRISE, tally, burst };
  }
  return found;
}

/** A burst is told before anything that is merely new. */
const BURST_SURPRISE = 2;

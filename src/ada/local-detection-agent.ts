import { DetectionAgent } from '../contracts/detection-agent.js';
import type { Detection } from '../contracts/detection.js';
import type { EventBatch, SecurityEvent } from '../contracts/security-event.js';
import type { TenantId } from '../contracts/tenant.js';
import { shortTurns } from '../platform/clock/short-turns.js';
import { decodeAgentState, encodeAgentState } from './domain/agent-snapshot.js';
import { UNWATCHED, type DetectionWatch } from './domain/detection-watch.js';
import type { Detector, RuleSighting } from './domain/detector.js';
import { LearningDetector } from './domain/learning-detector.js';
import { DEFAULT_DETECTION_LIMITS, orderDetections } from './domain/order-detections.js';
import { RecentBatches } from './domain/recent-batches.js';
import type { RulesInForce } from './domain/rules-in-force.js';

/** Events that each detector takes in a turn of its own; as many are looked at once for all of them. */
const EVENTS_BETWEEN_LOOKS = 16;

/**
 * ADA in this process. It runs inside a worker thread, a tenant always in the same one, and holds there what its detectors have learned.
 *
 * Restarting: `restore` the last snapshot of a tenant, then `learn` the batches stored since in their order, or `inspect` those that were
 * never inspected. A batch among the last 64 of its tenant is not learned twice, so it does no harm when the snapshot is newer than that.
 *
 * Work is done in short turns, in which other tenants' batches have theirs. Whoever calls it hands it one batch of a tenant at a time, and does
 * nothing else with that tenant meanwhile, as the lanes of a pipeline thread do.
 */
export class LocalDetectionAgent extends DetectionAgent {
  private readonly fixed: readonly Detector[];
  private readonly learning: readonly LearningDetector[];
  private readonly recent = new Map<TenantId, RecentBatches>();
  private leftOut = new Map<TenantId, number>();

  /** @throws Error where two learning detectors are of one kind, as snapshots are kept by kind. */
  constructor(
    private readonly detectors: readonly Detector[],
    private readonly limits = DEFAULT_DETECTION_LIMITS,
    private readonly watch: DetectionWatch = UNWATCHED,
  ) {
    super();
    this.learning = detectors.filter((detector) => detector instanceof LearningDetector);
    this.fixed = detectors.filter((detector) => !(detector instanceof LearningDetector));
    if (new Set(this.learning.map(({ kind }) => kind)).size < this.learning.length) throw new Error('two learning detectors of one kind');
    for (const detector of detectors) detector.init();
  }

  /** Answers how many detections of each tenant were left out because an event or a batch had more than the limits allow, and begins anew. */
  takeLeftOut(): ReadonlyMap<TenantId, number> {
    const { leftOut } = this;
    this.leftOut = new Map();
    return leftOut;
  }

  async inspect(tenant: TenantId, batch: EventBatch): Promise<Detection[]> {
    const learned = await this.teach(tenant, batch);
    const matched = await this.match(tenant, batch);
    const all = [...this.watch.during(tenant, () => this.withRarity(tenant, batch, matched)), ...learned];
    const ordered = orderDetections(all, this.limits);
    const less = all.length - ordered.length;
    if (less > 0) this.leftOut.set(tenant, (this.leftOut.get(tenant) ?? 0) + less);
    return ordered;
  }

  /** What rules see in a few events of which nothing is to come: nothing is learned, counted or told, and nothing of the tenant's is touched but its filters read. */
  rehearse(tenant: TenantId, batch: EventBatch): readonly RuleSighting[] {
    return this.watch.during(tenant, () => this.detectors.flatMap((detector) => detector.rehearse(tenant, batch.events, batch)));
  }

  /** Goes by other rules from the next turn on; what was learned is kept, as by a restart. */
  takeRules(rules: RulesInForce): void {
    for (const detector of this.detectors) detector.takeRules(rules);
  }

  /** Learns from a batch that was inspected before a restart, without looking for anything. */
  async learn(tenant: TenantId, batch: EventBatch): Promise<void> {
    await this.teach(tenant, batch);
  }

  /** What was learned about a tenant; `null` where nothing was. About 1 MiB, and what anomaly detection and correlations keep. */
  snapshot(tenant: TenantId): Uint8Array | null {
    const recent = this.recent.get(tenant);
    if (recent === undefined) return null;
    const detectors = this.learning.flatMap((detector) => {
      const bytes = detector.snapshot(tenant);
      return bytes === null ? [] : [[detector.kind, bytes] as const];
    });
    return encodeAgentState({ detectors, recent: recent.entries() });
  }

  /** Takes up a snapshot in place of what is known about the tenant. False, with the tenant unknown, where the bytes are not one. */
  restore(tenant: TenantId, snapshot: Uint8Array): boolean {
    this.forget(tenant);
    const state = decodeAgentState(snapshot);
    if (state === undefined) return false;
    for (const [kind, bytes] of state.detectors) this.learning.find((detector) => detector.kind === kind)?.restore(tenant, bytes);
    for (const batch of state.recent) this.recentOf(tenant).remember(batch);
    return true;
  }

  /** Drops what was learned about a tenant from memory, for one that went quiet or away; take a snapshot first. */
  forget(tenant: TenantId): void {
    this.recent.delete(tenant);
    for (const detector of this.learning) detector.forget(tenant);
  }

  /** Ends all detectors; the agent cannot be used afterwards. */
  destroy(): void {
    for (const detector of this.detectors) detector.destroy();
  }

  private async match(tenant: TenantId, batch: EventBatch): Promise<readonly Detection[]> {
    const matched: Detection[] = [];
    await this.inTurns(tenant, batch.events, (some) => {
      for (const detector of this.fixed) matched.push(...detector.inspect(tenant, some, batch));
    });
    return matched;
  }

  private teach(tenant: TenantId, batch: EventBatch): Promise<readonly Detection[]> {
    return this.recentOf(tenant).meet(batch, async (events) => {
      const lessons = this.watch.during(tenant, () => this.learning.map((detector) => detector.begin(tenant, events, batch)));
      await this.inTurns(tenant, events, (some) => {
        for (const lesson of lessons) lesson.take(some);
      });
      return this.watch.during(tenant, () => lessons.flatMap((lesson) => lesson.end()));
    });
  }

  /** Detectors see a few events at a time, and other tenants' work has its turn in between. */
  private async inTurns(tenant: TenantId, events: readonly SecurityEvent[], look: (some: readonly SecurityEvent[]) => void): Promise<void> {
    const breathe = shortTurns();
    for (let from = 0; from < events.length; from += EVENTS_BETWEEN_LOOKS) {
      const some = events.slice(from, from + EVENTS_BETWEEN_LOOKS);
      this.watch.during(tenant, () => look(some));
      const pause = breathe();
      if (pause) await pause;
    }
  }

  private recentOf(tenant: TenantId): RecentBatches {
    let recent = this.recent.get(tenant);
    if (recent === undefined) this.recent.set(tenant, (recent = new RecentBatches()));
    return recent;
  }

  private withRarity(tenant: TenantId, batch: EventBatch, detections: readonly Detection[]): readonly Detection[] {
    if (detections.length === 0 || this.learning.length === 0) return detections;
    const rarities = new Map<number, number>();
    const wanted = new Set(detections.map((detection) => detection.event_index));
    for (const event of batch.events) {
      if (!wanted.has(event.index)) continue;
      for (const detector of this.learning) {
        const rarity = detector.rarityOf(tenant, event);
        if (rarity !== undefined) rarities.set(event.index, Math.max(rarity, rarities.get(event.index) ?? 0));
      }
    }
    return detections.map((detection) => {
      const rarity = rarities.get(detection.event_index);
      return rarity === undefined ? detection : { ...detection, rarity };
    });
  }
}

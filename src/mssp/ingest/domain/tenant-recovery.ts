import type { DetectionAgent } from '../../../contracts/detection-agent.js';
import type { EventBatch } from '../../../contracts/security-event.js';
import type { TenantId } from '../../../contracts/tenant.js';
import { inspectApart, reasonOf } from './inspect-apart.js';
import type { ChunkPosition, EventStore, PendingDetections, StoredBatch } from './event-store.js';
import type { PoisonEvent } from './poison-event.js';
import type { LearnedStates } from './learned-states.js';
import { NoPoisonSearch, PoisonSearch } from './poison-search.js';
import { reparse } from './search.js';

/** Where so many events had to be learned again, the next start is to begin behind them: starts that follow closely on one another would take ever longer. */
const MUCH_LEARNED_AGAIN = 10_000;

/** Nothing of some batch could be inspected. What was found in others must not be forgotten for it. */
export class NothingInspected extends Error {
  override readonly name = 'NothingInspected';

  constructor(
    message: string,
    readonly found: readonly PendingDetections[],
  ) {
    super(message);
  }
}

/** Brings detection back to where the store is, and inspects what was stored without having been inspected. */
export class TenantRecovery {
  constructor(
    private readonly store: EventStore,
    private readonly agent: DetectionAgent,
    private readonly states: LearnedStates,
    private readonly search: PoisonSearch = new NoPoisonSearch(),
  ) {}

  /** Takes up what was learned: the stored state, then the batches behind it. */
  async restore(tenant: TenantId): Promise<void> {
    this.states.forget(tenant);
    if (!(await this.store.exists(tenant))) return;
    const { state, later } = await this.store.learned(tenant);
    if (state) this.states.restore(tenant, state);
    let again = 0;
    for await (const batch of later) {
      await this.learn(tenant, batch);
      again += batch.records.length;
    }
    if (again >= MUCH_LEARNED_AGAIN) await this.store.keepLearned(tenant, this.states.snapshot(tenant));
  }

  /** Learns from what others have stored behind a chunk. */
  async catchUp(tenant: TenantId, position: ChunkPosition | undefined): Promise<void> {
    for await (const batch of this.store.batchesAfter(tenant, position)) await this.learn(tenant, batch);
  }

  /**
   * Inspects batches that are stored without having been inspected; events that cannot be are set apart from the others.
   * @param isLast whether there is no other attempt: a batch of which nothing can be inspected is then all poison, where before the fault may be the agent's.
   * @throws Error where nothing of some batch could be inspected; what was inspected stays so.
   */
  async inspectLeftover(tenant: TenantId, isLast = false): Promise<readonly PendingDetections[]> {
    const found: PendingDetections[] = [];
    let reason: string | undefined;
    for (const batch of await this.store.uninspected(tenant)) {
      const harmful = await this.search.among(tenant, batch).catch((error: unknown) => reasonOf(error));
      if (typeof harmful === 'string') {
        reason ??= harmful;
        continue;
      }
      const events = toEventBatch(batch, harmful);
      const { detections, poison: thrown } = await inspectApart(this.agent, tenant, events);
      const [first] = thrown;
      if (first && thrown.length === events.events.length && !isLast) {
        reason ??= first.reason;
        continue;
      }
      const poison = [...harmful, ...thrown].sort((one, other) => one.index - other.index);
      await this.store.inspected(tenant, batch.batch_id, detections, poison);
      const { batch_id, correlation_id, received_at } = batch;
      found.push({ batch_id, correlation_id, received_at: new Date(received_at).toISOString(), detections, poison });
    }
    if (reason !== undefined) throw new NothingInspected(reason, found);
    return found;
  }

  /** Nothing is learned from a batch with an event that cannot be inspected: it must not keep the tenant's events from being taken. */
  private async learn(tenant: TenantId, batch: StoredBatch): Promise<void> {
    try {
      await this.states.learn(tenant, toEventBatch(batch));
    } catch {
      return;
    }
  }
}

function toEventBatch({ batch_id, received_at, records }: StoredBatch, without: readonly PoisonEvent[] = []): EventBatch {
  const left = new Set(without.map(({ index }) => index));
  const events = records.flatMap((record) => (left.has(record.index) ? [] : (reparse(record) ?? [])));
  return { batch_id, received_at: new Date(received_at).toISOString(), events };
}

import type { DetectionAgent } from '../../../contracts/detection-agent.js';
import type { EventBatch } from '../../../contracts/security-event.js';
import type { TenantId } from '../../../contracts/tenant.js';
import type { ChunkPosition, EventStore, PendingDetections, StoredBatch } from './event-store.js';
import type { LearnedStates } from './learned-states.js';
import { reparse } from './search.js';

/** Brings detection back to where the store is, and inspects what was stored without having been inspected. */
export class TenantRecovery {
  constructor(
    private readonly store: EventStore,
    private readonly agent: DetectionAgent,
    private readonly states: LearnedStates,
  ) {}

  /** Takes up what was learned: the stored state, then the batches behind it. */
  async restore(tenant: TenantId): Promise<void> {
    this.states.forget(tenant);
    if (!(await this.store.exists(tenant))) return;
    const { state, later } = await this.store.learned(tenant);
    if (state) this.states.restore(tenant, state);
    for await (const batch of later) this.states.learn(tenant, toEventBatch(batch));
  }

  /** Learns from what others have stored behind a chunk. */
  async catchUp(tenant: TenantId, position: ChunkPosition | undefined): Promise<void> {
    for await (const batch of this.store.batchesAfter(tenant, position)) this.states.learn(tenant, toEventBatch(batch));
  }

  /**
   * Inspects batches that are stored without having been inspected.
   * @throws Error of the agent where it still cannot; what was inspected before stays so.
   */
  async inspectLeftover(tenant: TenantId): Promise<readonly PendingDetections[]> {
    const found: PendingDetections[] = [];
    for (const batch of await this.store.uninspected(tenant)) {
      const detections = await this.agent.inspect(tenant, toEventBatch(batch));
      await this.store.inspected(tenant, batch.batch_id, detections);
      const { batch_id, correlation_id, received_at } = batch;
      found.push({ batch_id, correlation_id, received_at: new Date(received_at).toISOString(), detections });
    }
    return found;
  }
}

function toEventBatch({ batch_id, received_at, records }: StoredBatch): EventBatch {
  return { batch_id, received_at: new Date(received_at).toISOString(), events: records.flatMap((record) => reparse(record) ?? []) };
}

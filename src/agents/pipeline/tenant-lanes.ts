import type { TenantId } from '../../contracts/tenant.js';
import type { LearnedStates } from '../../mssp/ingest/domain/learned-states.js';
import { TenantLane, type LaneParts } from './tenant-lane.js';

const MOST_LANES = 256;
const SETTLE_EVERY_MS = 1_000;

/** The lanes of a thread's tenants. Tenants that have been quiet longest give way; what was learned of them is stored first. */
export class TenantLanes {
  private readonly lanes = new Map<TenantId, TenantLane>();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly parts: LaneParts,
    private readonly states: LearnedStates,
    private readonly onTrouble: (tenant: TenantId, error: unknown) => void,
  ) {
    this.timer = setInterval(() => this.settleAll(), SETTLE_EVERY_MS);
    this.timer.unref();
  }

  of(tenant: TenantId): TenantLane {
    const lane = this.lanes.get(tenant) ?? new TenantLane(tenant, this.parts);
    this.lanes.delete(tenant);
    this.lanes.set(tenant, lane);
    const [oldest] = this.lanes;
    if (this.lanes.size > MOST_LANES && oldest) {
      this.lanes.delete(oldest[0]);
      this.close(...oldest).catch((error: unknown) => this.onTrouble(oldest[0], error));
    }
    return lane;
  }

  /** Ends a tenant's lane; nothing that was learned is kept. */
  async retire(tenant: TenantId): Promise<void> {
    const lane = this.lanes.get(tenant);
    this.lanes.delete(tenant);
    await lane?.idle();
    lane?.close();
    if (!this.lanes.has(tenant)) this.states.forget(tenant);
  }

  async closeAll(): Promise<void> {
    clearInterval(this.timer);
    for (const [tenant, lane] of this.lanes) await this.close(tenant, lane);
    this.lanes.clear();
  }

  private async close(tenant: TenantId, lane: TenantLane): Promise<void> {
    try {
      await lane.idle();
      if (this.lanes.get(tenant) !== lane && this.lanes.has(tenant)) return;
      await lane.exclusively(async () => {
        await lane.writeSettled();
        await this.parts.store.keepLearned(tenant, this.states.snapshot(tenant));
        this.states.forget(tenant);
        await this.parts.store.release(tenant);
      });
    } finally {
      lane.close();
    }
  }

  private settleAll(): void {
    for (const [tenant, lane] of this.lanes) lane.writeSettled().catch((error: unknown) => this.onTrouble(tenant, error));
  }
}

import type { TenantId } from '../../contracts/tenant.js';
import type { EventStore, PendingDetections } from '../../mssp/ingest/domain/event-store.js';
import { NothingInspected, type TenantRecovery } from '../../mssp/ingest/domain/tenant-recovery.js';
import type { TenantLanes } from './tenant-lanes.js';

const DELAYS_MS = [1_000, 5_000, 30_000, 120_000, 600_000];

/** What late inspection tells whoever listens. */
export interface LateInspectionEvents {
  readonly detected: (tenant: TenantId, pending: PendingDetections) => void;
  readonly trouble: (event: 'inspection.retry' | 'inspection.gave_up', tenant: TenantId, error: unknown) => void;
}

/** Inspects batches that were stored without having been inspected: at once after a restart, and again after inspection has failed. */
export class LateInspection {
  private readonly timers = new Map<TenantId, NodeJS.Timeout>();
  /** Arrival of the oldest batch that is not inspected. */
  private readonly since = new Map<TenantId, number>();

  constructor(
    private readonly parts: { readonly store: EventStore; readonly recovery: TenantRecovery; readonly lanes: TenantLanes },
    private readonly events: LateInspectionEvents,
  ) {}

  /** Arrival of the oldest event that is not inspected, over all tenants; null where there is none. */
  get uninspectedSince(): number | null {
    return this.since.size === 0 ? null : Math.min(...this.since.values());
  }

  /** Inspects what is left over and answers everything that is not settled. Where inspection still fails it is tried again later. */
  async recover(tenant: TenantId): Promise<readonly PendingDetections[]> {
    if (!(await this.parts.store.exists(tenant))) return [];
    return this.parts.lanes.of(tenant).exclusively(async () => {
      try {
        await this.parts.recovery.inspectLeftover(tenant);
        this.since.delete(tenant);
      } catch (error) {
        this.begin(tenant, error);
      }
      return this.parts.store.pending(tenant);
    });
  }

  /** Tries again after a while, a few times. */
  begin(tenant: TenantId, failure: unknown, attempt = 0): void {
    if (this.timers.has(tenant)) return;
    void this.lookBack(tenant);
    const delay = DELAYS_MS[attempt];
    this.events.trouble(delay === undefined ? 'inspection.gave_up' : 'inspection.retry', tenant, failure);
    if (delay === undefined) return;
    const timer = setTimeout(() => {
      this.timers.delete(tenant);
      this.retry(tenant, attempt === DELAYS_MS.length - 1).catch((error: unknown) => this.begin(tenant, error, attempt + 1));
    }, delay);
    timer.unref();
    this.timers.set(tenant, timer);
  }

  /** Gives up on a tenant. */
  forget(tenant: TenantId): void {
    clearTimeout(this.timers.get(tenant));
    this.timers.delete(tenant);
    this.since.delete(tenant);
  }

  stop(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  /** Where the store cannot say what waits, something has waited since now at the latest. */
  private async lookBack(tenant: TenantId): Promise<void> {
    const [oldest] = await this.parts.store.uninspected(tenant).catch(() => []);
    if (this.timers.has(tenant) || oldest)
      this.since.set(tenant, Math.min(oldest?.received_at ?? Date.now(), this.since.get(tenant) ?? Infinity));
  }

  private async retry(tenant: TenantId, isLast: boolean): Promise<void> {
    const { lanes, recovery } = this.parts;
    const found = await lanes
      .of(tenant)
      .exclusively(() => recovery.inspectLeftover(tenant, isLast))
      .catch((error: unknown) => {
        if (error instanceof NothingInspected) for (const pending of error.found) this.events.detected(tenant, pending);
        throw error;
      });
    this.since.delete(tenant);
    for (const pending of found) this.events.detected(tenant, pending);
  }
}

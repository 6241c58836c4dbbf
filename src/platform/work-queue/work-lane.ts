import type { TenantId } from '../../contracts/tenant.js';
import { DeficitRoundRobin } from './deficit-round-robin.js';
import type { WorkHandler } from './work-item.js';

/** Credit of a tenant in a round, in milliseconds of work. */
const QUANTUM_MS = 50;

/** What a lane has done for it. */
export interface LaneWork {
  /** Does one batch of a kind; answers how many items there were. */
  readonly run: (tenant: TenantId, handler: WorkHandler) => Promise<number>;
  /** Whether the tenant's work is to be done at present. */
  readonly mayRun: (tenant: TenantId) => Promise<boolean>;
  /** Nothing is due any more. */
  readonly rests: (tenant: TenantId, lane: WorkLane) => Promise<void>;
  readonly failed: (tenant: TenantId, lane: WorkLane, error: unknown) => void;
}

interface Visit {
  /** The kind whose turn it is. */
  position: number;
  /** Items done since the first kind had its turn. */
  done: number;
  /** There may be more than the last look showed. */
  again: boolean;
  readonly ended: Promise<void>;
  readonly end: () => void;
}

/**
 * Work of some kinds, for all tenants: a batch at a time, tenants in turn by the time that their work takes, a bounded number of them at once and each of them
 * once.
 */
export class WorkLane {
  readonly handlers: WorkHandler[] = [];
  private readonly turns = new DeficitRoundRobin<TenantId>(QUANTUM_MS);
  private readonly visits = new Map<TenantId, Visit>();
  private readonly underWay = new Set<Promise<void>>();
  private stopping = false;

  /** @param atOnce most tenants served at the same time. */
  constructor(
    private readonly atOnce: number,
    private readonly work: LaneWork,
  ) {}

  /** A tenant may have due work. */
  wake(tenant: TenantId): void {
    if (this.stopping) return;
    const visit = this.visits.get(tenant);
    if (visit) {
      visit.again = true;
      return;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.visits.set(tenant, { position: 0, done: 0, again: false, ended: promise, end: resolve });
    this.turns.enter(tenant);
    this.serve();
  }

  /** Tenants that have a turn, or wait for theirs. */
  visited(): Iterable<TenantId> {
    return this.visits.keys();
  }

  /** Resolves once nothing of the tenant is due or under way; `undefined` where that is so. */
  ending(tenant: TenantId): Promise<void> | undefined {
    return this.visits.get(tenant)?.ended;
  }

  /** Begins nothing any more; resolves once everything under way has ended. */
  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.allSettled(this.underWay);
    for (const tenant of this.visits.keys()) this.leave(tenant);
  }

  private serve(): void {
    while (!this.stopping && this.underWay.size < this.atOnce) {
      const tenant = this.turns.next();
      if (tenant === undefined) return;
      const turn = this.turn(tenant).finally(() => {
        this.underWay.delete(turn);
        this.serve();
      });
      this.underWay.add(turn);
    }
  }

  private async turn(tenant: TenantId): Promise<void> {
    const visit = this.visits.get(tenant);
    const handler = this.handlers[visit?.position ?? 0];
    if (!visit || !handler) return this.leave(tenant);
    const begun = performance.now();
    try {
      if (!(await this.work.mayRun(tenant))) return this.leave(tenant);
      if (visit.position === 0) visit.again = false;
      visit.done += await this.work.run(tenant, handler);
      visit.position = (visit.position + 1) % this.handlers.length;
      if (visit.position === 0 && (await this.isDone(tenant, visit))) return this.leave(tenant);
    } catch (error) {
      this.leave(tenant);
      this.work.failed(tenant, this, error);
      return;
    }
    this.turns.served(tenant, performance.now() - begun);
  }

  /** After all kinds had their turn. */
  private async isDone(tenant: TenantId, visit: Visit): Promise<boolean> {
    const { done } = visit;
    visit.done = 0;
    if (done > 0 || visit.again) return false;
    await this.work.rests(tenant, this);
    return !visit.again;
  }

  private leave(tenant: TenantId): void {
    const visit = this.visits.get(tenant);
    this.turns.leave(tenant);
    this.visits.delete(tenant);
    visit?.end();
  }
}

import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { TenantId } from '../../contracts/tenant.js';
import { Clock } from '../clock/clock.js';
import { runOutsideSpans } from '../observability/tracing/active-span.js';
import { TenantRetired } from '../tenancy/retired-tenants.js';
import { TenantDirectory } from '../tenancy/tenant-directory.js';
import { WorkBatches } from './work-batches.js';
import type { WorkHandler } from './work-item.js';
import { WorkLane, type LaneWork } from './work-lane.js';
import { WorkStore } from './work-store.js';

const LONGEST_SLEEP_MS = 5_000;
/** How often this process looks for work of tenants that it has not heard of. */
const LOOK_EVERY_MS = 15_000;
/** Tenants whose work inside is done at once; one thread does the databases' part of it. */
const INSIDE_AT_ONCE = 4;
/** Tenants whose work outside is waited for at once. */
const OUTSIDE_AT_ONCE = 64;
const BACKGROUND_AT_ONCE = 1;

/**
 * Runs queued work. What is done inside, what waits for others outside and what nobody waits for go in lanes of their own, so that a slow receiver holds up
 * nothing but its tenant's other effects; in each lane tenants take turns, so that no tenant's backlog holds up another's. A suspended tenant's work waits in its
 * queue until the tenant is resumed and woken.
 */
@Injectable()
export class WorkRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(WorkRunner.name);
  private readonly inside: WorkLane;
  private readonly outside: WorkLane;
  private readonly background: WorkLane;
  private readonly lanes: readonly WorkLane[];
  private readonly timers = new Map<WorkLane, Map<TenantId, NodeJS.Timeout>>();
  private stopping = false;
  private looking: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: WorkStore,
    private readonly tenants: TenantDirectory,
    private readonly clock: Clock,
    private readonly batches: WorkBatches,
    /** Tells the other processes that a tenant may have due work. */
    private readonly wakeOthers: (tenant: TenantId) => void = () => undefined,
  ) {
    const work: LaneWork = {
      run: (tenant, handler) => this.batches.run(tenant, handler),
      mayRun: async (tenant) => (await this.tenants.find(tenant))?.status === 'active',
      rests: (tenant, lane) => this.rest(tenant, lane),
      failed: (tenant, lane, error) => this.note(tenant, lane, error),
    };
    this.inside = new WorkLane(INSIDE_AT_ONCE, work);
    this.outside = new WorkLane(OUTSIDE_AT_ONCE, work);
    this.background = new WorkLane(BACKGROUND_AT_ONCE, work);
    this.lanes = [this.inside, this.outside, this.background];
  }

  /** Whoever owns a kind of work registers its handler while its module is made. Kinds of a lane run in the order they were registered. */
  register(handler: WorkHandler): void {
    const lane = handler.isBackground ? this.background : handler.waitsOutside ? this.outside : this.inside;
    lane.handlers.push(handler);
  }

  async onApplicationBootstrap(): Promise<void> {
    for (const { tenant_id: tenant } of await this.tenants.list()) this.wakeHere(tenant);
    this.timer = setInterval(() => this.lookOnce(), LOOK_EVERY_MS).unref();
  }

  /** Takes up what processes left that have ended: nobody has told this one of it. A tenant whose queue cannot be read is left out. */
  async look(): Promise<void> {
    const busy = this.busy();
    for (const { tenant_id: tenant, status } of await this.tenants.list()) {
      if (busy.has(tenant) || status !== 'active') continue;
      await this.restAll(tenant).catch((error: unknown) => this.noteUnread(error, tenant));
    }
  }

  /** Says that a tenant may have due work, to the other processes as well; call it after the transaction that enqueued is committed. */
  wake(tenant: TenantId): void {
    this.wakeHere(tenant);
    this.wakeOthers(tenant);
  }

  /**
   * Another process says that a tenant may have due work; `undefined` where it may be any. Whoever said so takes it up itself, so that this one reads
   * first whether something is left.
   */
  hear(tenant: TenantId | undefined): void {
    if (this.stopping) return;
    if (tenant === undefined) return this.lookOnce();
    this.tenants
      .find(tenant)
      .then((found) => (found?.status === 'active' ? this.restAll(tenant) : undefined))
      .catch((error: unknown) => this.noteUnread(error, tenant));
  }

  /** The kinds of work that have a handler. */
  kinds(): readonly string[] {
    return this.lanes.flatMap(({ handlers }) => handlers.map(({ kind }) => kind));
  }

  /** Tenants that have work under way, or waiting for its time. */
  busy(): ReadonlySet<TenantId> {
    const waiting = [...this.timers.values()].flatMap((timers) => [...timers.keys()]);
    return new Set([...this.lanes.flatMap((lane) => [...lane.visited()]), ...waiting]);
  }

  /** Resolves once no work of the tenant is due or running. */
  async idle(tenant: TenantId): Promise<void> {
    for (;;) {
      const endings = this.lanes.flatMap((lane) => lane.ending(tenant) ?? []);
      if (endings.length === 0) return;
      await Promise.all(endings);
    }
  }

  /** Forgets a tenant that nothing is to be done for any more, once what is under way has ended. */
  async retire(tenant: TenantId): Promise<void> {
    for (const timers of this.timers.values()) {
      clearTimeout(timers.get(tenant));
      timers.delete(tenant);
    }
    await this.idle(tenant);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    this.batches.stop();
    clearInterval(this.timer);
    await this.looking;
    for (const timers of this.timers.values()) for (const timer of timers.values()) clearTimeout(timer);
    await Promise.all(this.lanes.map((lane) => lane.stop()));
  }

  private lookOnce(): void {
    this.looking ??= this.look()
      .catch((error: unknown) => this.noteUnread(error))
      .finally(() => (this.looking = undefined));
  }

  private wakeHere(tenant: TenantId): void {
    runOutsideSpans(() => {
      for (const lane of this.lanes) this.wakeIn(lane, tenant);
    });
  }

  /** Plans the next turn of every lane that has none under way, by what the queue holds. */
  private async restAll(tenant: TenantId): Promise<void> {
    for (const lane of this.lanes) {
      if (lane.handlers.length > 0 && lane.ending(tenant) === undefined) await this.rest(tenant, lane);
    }
  }

  private noteUnread(error: unknown, tenant?: TenantId): void {
    if (error instanceof TenantRetired) return;
    const labels = tenant === undefined ? {} : { tenant_id: tenant };
    this.logger.error({ err: error, event: 'work.unread', ...labels }, 'left work could not be looked for');
  }

  private wakeIn(lane: WorkLane, tenant: TenantId): void {
    if (!this.stopping && lane.handlers.length > 0) lane.wake(tenant);
  }

  private note(tenant: TenantId, lane: WorkLane, error: unknown): void {
    if (error instanceof TenantRetired) return;
    this.logger.error({ err: error, event: 'work.failed', tenant_id: tenant }, 'work could not be run');
    this.sleepUntil(tenant, lane, this.clock.now() + LONGEST_SLEEP_MS);
  }

  private async rest(tenant: TenantId, lane: WorkLane): Promise<void> {
    const kinds = lane.handlers.map(({ kind }) => kind);
    const dueAt = this.stopping ? undefined : await this.store.nextDue(tenant, kinds, this.clock.now());
    if (dueAt !== undefined) this.sleepUntil(tenant, lane, dueAt);
  }

  private sleepUntil(tenant: TenantId, lane: WorkLane, dueAt: number): void {
    if (this.stopping) return;
    const timers = this.timers.get(lane) ?? new Map<TenantId, NodeJS.Timeout>();
    this.timers.set(lane, timers);
    clearTimeout(timers.get(tenant));
    const delay = Math.min(LONGEST_SLEEP_MS, Math.max(10, dueAt - this.clock.now()));
    const timer = setTimeout(() => {
      timers.delete(tenant);
      this.wakeIn(lane, tenant);
    }, delay);
    timer.unref();
    timers.set(tenant, timer);
  }
}

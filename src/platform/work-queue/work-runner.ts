import { randomInt } from 'node:crypto';
import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { ClsService } from 'nestjs-cls';
import type { TenantId } from '../../contracts/tenant.js';
import { Clock } from '../clock/clock.js';
import { Metrics } from '../observability/metrics.js';
import type { RequestContext } from '../tenancy/request-context.js';
import { TenantDirectory } from '../tenancy/tenant-directory.js';
import { backoffMs } from './backoff.js';
import type { WorkHandler } from './work-item.js';
import { WorkStore, type ClaimedWork } from './work-store.js';

const LEASE_MS = 60_000;
const MAX_ATTEMPTS = 8;
const LONGEST_SLEEP_MS = 5_000;

/**
 * Runs queued work: tenants in turn, a batch of each kind at a time, so that no tenant's backlog holds up another's. A suspended tenant's work
 * waits in its queue until the tenant is resumed and woken.
 */
@Injectable()
export class WorkRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(WorkRunner.name);
  private readonly handlers: WorkHandler[] = [];
  private readonly awake = new Set<TenantId>();
  private readonly running = new Map<TenantId, Promise<void>>();
  private readonly timers = new Map<TenantId, NodeJS.Timeout>();
  private stopping = false;

  constructor(
    private readonly store: WorkStore,
    private readonly tenants: TenantDirectory,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
    private readonly cls: ClsService<RequestContext>,
  ) {}

  /** Whoever owns a kind of work registers its handler while its module is made. Kinds run in the order they were registered. */
  register(handler: WorkHandler): void {
    this.handlers.push(handler);
  }

  async onApplicationBootstrap(): Promise<void> {
    for (const { tenant_id: tenant } of await this.tenants.list()) this.wake(tenant);
  }

  /** Says that a tenant may have due work; call it after the transaction that enqueued is committed. */
  wake(tenant: TenantId): void {
    if (this.stopping) return;
    this.awake.add(tenant);
    if (!this.running.has(tenant)) this.start(tenant);
  }

  /** Resolves once no work of the tenant is due or running. */
  async idle(tenant: TenantId): Promise<void> {
    for (let current = this.running.get(tenant); current; current = this.running.get(tenant)) await current;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    for (const timer of this.timers.values()) clearTimeout(timer);
    await Promise.allSettled(this.running.values());
  }

  private start(tenant: TenantId): void {
    const run = this.runTenant(tenant)
      .catch((error: unknown) => {
        this.logger.error({ err: error, event: 'work.failed', tenant_id: tenant }, 'work could not be run');
        this.sleepUntil(tenant, this.clock.now() + LONGEST_SLEEP_MS);
      })
      .finally(() => {
        this.running.delete(tenant);
        if (this.awake.has(tenant)) this.wake(tenant);
      });
    this.running.set(tenant, run);
  }

  private async runTenant(tenant: TenantId): Promise<void> {
    while (!this.stopping) {
      this.awake.delete(tenant);
      if (await this.isSuspended(tenant)) return;
      let done = 0;
      for (const handler of this.handlers) done += await this.runBatch(tenant, handler);
      if (done === 0 && !this.awake.has(tenant)) break;
    }
    const dueAt = this.stopping ? undefined : await this.store.nextDue(tenant);
    if (dueAt !== undefined) this.sleepUntil(tenant, dueAt);
  }

  private async isSuspended(tenant: TenantId): Promise<boolean> {
    return (await this.tenants.find(tenant))?.status === 'suspended';
  }

  private sleepUntil(tenant: TenantId, dueAt: number): void {
    if (this.stopping) return;
    clearTimeout(this.timers.get(tenant));
    const delay = Math.min(LONGEST_SLEEP_MS, Math.max(10, dueAt - this.clock.now()));
    const timer = setTimeout(() => this.wake(tenant), delay);
    timer.unref();
    this.timers.set(tenant, timer);
  }

  private async runBatch(tenant: TenantId, handler: WorkHandler): Promise<number> {
    if (this.stopping) return 0;
    const items = await this.store.claim(tenant, handler.kind, handler.batchSize, this.clock.now(), LEASE_MS);
    if (items.length === 0) return 0;
    this.metrics.workPending.inc({ kind: handler.kind }, items.length);
    try {
      await this.handle(tenant, handler, items);
    } finally {
      this.metrics.workPending.dec({ kind: handler.kind }, items.length);
    }
    return items.length;
  }

  private async handle(tenant: TenantId, handler: WorkHandler, items: readonly ClaimedWork[]): Promise<void> {
    try {
      await this.inContext(tenant, items, () => handler.handle(tenant, items));
      await this.store.complete(tenant, items, this.clock.now());
    } catch (error) {
      const [item] = items;
      if (item && items.length === 1) await this.giveBack(tenant, item, error);
      else for (const single of items) await this.handle(tenant, handler, [single]);
    }
  }

  private async giveBack(tenant: TenantId, item: ClaimedWork, error: unknown): Promise<void> {
    const failures = item.attempts + 1;
    const dead = failures >= MAX_ATTEMPTS;
    this.logger.warn(
      { err: error, event: dead ? 'work.dead' : 'work.retry', tenant_id: tenant, kind: item.kind, key: item.key, failures },
      dead ? 'work given up on' : 'work will be tried again',
    );
    if (dead) this.metrics.deadLetters.inc({ kind: item.kind });
    const text = error instanceof Error ? error.message : String(error);
    await this.store.fail(tenant, item, text.slice(0, 500), dead ? null : this.clock.now() + backoffMs(failures, randomInt(1_000) / 1_000));
  }

  private inContext(tenant: TenantId, items: readonly ClaimedWork[], work: () => Promise<void>): Promise<void> {
    return this.cls.run(async () => {
      this.cls.set('correlationId', onlyCorrelationOf(items));
      this.cls.set('tenant', tenant);
      await work();
    });
  }
}

/** The correlation id of a batch, where all of it has one: what is said of several at once belongs to none of them alone. */
function onlyCorrelationOf(items: readonly ClaimedWork[]): string {
  const [id = '', ...others] = new Set(items.map((item) => item.correlation_id));
  return others.length === 0 ? id : '';
}

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { TenantId } from '../../contracts/tenant.js';
import type { Clock } from '../../platform/clock/clock.js';
import type { Metrics } from '../../platform/observability/metrics.js';
import type { Leases } from '../../platform/storage/leases.js';
import type { TenantDirectory } from '../../platform/tenancy/tenant-directory.js';
import { LakeRefused, type EventLake } from './domain/event-lake.js';
import type { TenantCopy } from './tenant-copy.js';

const LOOK_EVERY_MS = 500;
const LEASE_MS = 30_000;
const STEPS_IN_A_ROW = 8;
const TENANTS_AT_ONCE = 4;
/** A tenant of whom nothing new was found is looked at less and less often. */
const REST_MS = { least: 1_000, most: 30_000 };
/** What a drain waits for; what is given up is copied again by whoever comes next. */
const PATIENCE_MS = 5_000;

/** What the copier works with. */
export interface CopierParts {
  readonly lake: EventLake;
  readonly copy: TenantCopy;
  readonly directory: TenantDirectory;
  readonly leases: Leases;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

/** How a tenant's copy goes. */
interface CopyState {
  restMs: number;
  /** Monotonic milliseconds. */
  nextLook: number;
  completeUntil: number | null;
  trouble: string | undefined;
}

/** Keeps the lake up with what is stored here: one process at a time, all tenants in turn, and nobody's ingest waits for it. */
export class LakeCopier implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(LakeCopier.name);
  private readonly holder = randomUUID();
  private readonly states = new Map<TenantId, CopyState>();
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly parts: CopierParts) {
    parts.metrics.gauge('lake_lag_seconds', 'Time since everything of the tenant that is furthest behind was in the lake', () =>
      this.lag(),
    );
    parts.metrics.gauge(
      'lake_troubled_tenants',
      'Tenants whose events could not be copied into the lake when it was last tried',
      () => this.troubles().length,
    );
  }

  /** @throws LakeRefused where the lake can be reached and cannot be used; one that cannot be reached is waited for. */
  async onApplicationBootstrap(): Promise<void> {
    try {
      await this.parts.lake.check();
    } catch (error) {
      if (error instanceof LakeRefused) throw error;
      this.logger.warn({ err: error, event: 'lake.away' }, 'events are kept here until the lake can be reached');
    }
    this.running = this.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await Promise.race([this.running, sleep(PATIENCE_MS, undefined, { ref: false })]);
    await this.parts.lake.close();
  }

  /** Forgets a tenant that is being deleted. */
  forget(tenant: TenantId): void {
    this.states.delete(tenant);
    this.parts.copy.forget(tenant);
    this.parts.lake.forget?.(tenant);
  }

  /** What stands in the way, by tenant. */
  troubles(): readonly string[] {
    return [...this.states].flatMap(([tenant, { trouble }]) => (trouble === undefined ? [] : [`${tenant}: ${trouble}`]));
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const hasMore = await this.look().catch((error: unknown) => {
        this.logger.error({ err: error, event: 'lake.failed' }, 'nothing was copied');
        return false;
      });
      if (!hasMore) await sleep(LOOK_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  /** Copies of every tenant whose turn it is; answers whether there is more to copy at once. */
  private async look(): Promise<boolean> {
    const now = this.parts.clock.now();
    if (!(await this.parts.leases.take('lake', this.holder, now, now + LEASE_MS))) {
      // How far the copy is and what stands in the way, the process that copies now says.
      this.states.clear();
      return false;
    }
    const tenants = (await this.parts.directory.list()).filter(({ status }) => status !== 'deleting').map(({ tenant_id }) => tenant_id);
    const due = tenants.filter((tenant) => this.stateOf(tenant).nextLook <= performance.now());
    let hasMore = false;
    const inTurn = async (): Promise<void> => {
      for (let tenant = due.pop(); tenant !== undefined && !this.stopping.signal.aborted; tenant = due.pop())
        hasMore = (await this.lookAt(tenant)) || hasMore;
    };
    await Promise.all(Array.from({ length: TENANTS_AT_ONCE }, inTurn));
    return hasMore;
  }

  private async lookAt(tenant: TenantId): Promise<boolean> {
    const state = this.stateOf(tenant);
    let copied = 0;
    try {
      for (let steps = 0; steps < STEPS_IN_A_ROW && !this.stopping.signal.aborted; steps += 1) {
        const { events, unreadable, isComplete, completeUntil } = await this.parts.copy.step(tenant);
        copied += events;
        state.completeUntil = completeUntil;
        this.count(tenant, events, unreadable);
        if (isComplete || events === 0) break;
      }
      this.note(tenant, state, undefined);
    } catch (error) {
      this.note(tenant, state, error);
    }
    const isIdle = copied === 0;
    state.restMs = isIdle ? Math.min(Math.max(2 * state.restMs, REST_MS.least), REST_MS.most) : 0;
    state.nextLook = performance.now() + state.restMs;
    return !isIdle;
  }

  private count(tenant: TenantId, events: number, unreadable: number): void {
    const { metrics } = this.parts;
    metrics.lakeEventsCopied.inc({ tenant_id: tenant }, events);
    if (unreadable === 0) return;
    metrics.lakeEventsUnreadable.inc({ tenant_id: tenant }, unreadable);
    this.logger.warn({ event: 'lake.unreadable', tenant_id: tenant, events: unreadable }, 'stored events that cannot be read any more');
  }

  /** Writes down what changes, once. */
  private note(tenant: TenantId, state: CopyState, error: unknown): void {
    const trouble = error === undefined ? undefined : error instanceof Error ? error.message : 'an error that says nothing';
    if ((trouble === undefined) !== (state.trouble === undefined)) {
      const labels = { tenant_id: tenant };
      if (trouble === undefined) this.logger.log({ event: 'lake.copying', ...labels }, 'events are copied into the lake again');
      else this.logger.warn({ err: error, event: 'lake.waiting', ...labels }, 'events wait here to be copied into the lake');
    }
    state.trouble = trouble;
  }

  private stateOf(tenant: TenantId): CopyState {
    const known = this.states.get(tenant);
    if (known) return known;
    const state: CopyState = { restMs: 0, nextLook: 0, completeUntil: null, trouble: undefined };
    this.states.set(tenant, state);
    return state;
  }

  private lag(): number {
    const now = this.parts.clock.now();
    return Math.max(
      0,
      ...[...this.states.values()].map(({ completeUntil }) => (completeUntil === null ? 0 : (now - completeUntil) / 1_000)),
    );
  }
}

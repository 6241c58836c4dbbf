import { randomInt } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { AgentAway } from '../../contracts/agent-away.js';
import type { TenantId } from '../../contracts/tenant.js';
import type { Clock } from '../clock/clock.js';
import { BusinessEvents } from '../observability/business-events.js';
import type { Metrics } from '../observability/metrics.js';
import { backoffMs } from './backoff.js';
import { withinTime } from './within-time.js';
import type { WorkContext } from './work-context.js';
import type { WorkHandler } from './work-item.js';
import type { WorkHolders } from './work-holders.js';
import type { ClaimedWork } from './claimed-work.js';
import type { WorkStore } from './work-store.js';
import { byTrace } from './work-traces.js';

const MAX_ATTEMPTS = 8;
/** How long work waits that would be one dead letter too many. */
const FULL_MS = 600_000;
/** How long work waits at most before an agent that was away is asked again. */
const PUT_OFF_MS = 5_000;
/** How long work that is under way may take once the process is to end. */
const STOP_MS = 3_000;
/** How often a tenant's queue is looked through for what nobody works on any more. */
const LOOK_EVERY_MS = 5_000;
const LOST = 'whoever had it in hand ended before it was done';

/** What a batch is done with. */
export interface BatchParts {
  readonly store: WorkStore;
  readonly holders: WorkHolders;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly context: WorkContext;
  /** Milliseconds that work under way still gets once the process is to end. */
  readonly stopMs?: number;
}

/**
 * Does batches of work: takes items, has their handler do them, and notes what became of each. What has failed before is done by itself, so that
 * it spoils no batch again.
 */
export class WorkBatches {
  private readonly logger = new Logger('WorkRunner');
  private readonly looks = new Map<TenantId, { readonly at: number; readonly ended: Promise<void> }>();

  private readonly cut = new AbortController();
  private stopping = false;
  private readonly events: BusinessEvents;

  constructor(private readonly parts: BatchParts) {
    this.events = new BusinessEvents(parts.metrics);
  }

  /** Does what is due of one kind, at most a batch and one item that failed before; answers how many items that were. */
  async run(tenant: TenantId, handler: WorkHandler): Promise<number> {
    await this.takeBackLost(tenant);
    return (await this.take(tenant, handler, false)) + (await this.take(tenant, handler, true));
  }

  /**
   * Begins nothing any more. What is under way has a moment to end; then its calls are ended, and what is not done goes back to the queue as it was, which
   * counts as no attempt.
   */
  stop(): void {
    this.stopping = true;
    setTimeout(() => this.cut.abort(), this.parts.stopMs ?? STOP_MS).unref();
  }

  private async take(tenant: TenantId, handler: WorkHandler, failedBefore: boolean): Promise<number> {
    if (this.stopping) return 0;
    const { store, holders, clock, metrics } = this.parts;
    const { kind } = handler;
    const holder = await holders.begin();
    try {
      const limit = failedBefore ? 1 : handler.batchSize;
      const items = await store.claim(tenant, { kind, limit, holder, failedBefore, now: clock.now() });
      if (items.length === 0) return 0;
      metrics.workPending.inc({ kind }, items.length);
      try {
        await this.handleByTrace(tenant, handler, items);
      } finally {
        metrics.workPending.dec({ kind }, items.length);
      }
      return items.length;
    } finally {
      holders.end(holder);
    }
  }

  /** What waits outside waits for all of it at once. */
  private async handleByTrace(tenant: TenantId, handler: WorkHandler, items: readonly ClaimedWork[]): Promise<void> {
    const groups = byTrace(items);
    if (!handler.waitsOutside) {
      for (const group of groups) await this.handle(tenant, handler, group);
      return;
    }
    // The claim holds all of them until the last has ended, even where one cannot be noted.
    const results = await Promise.allSettled(groups.map((group) => this.handle(tenant, handler, group)));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  }

  private async handle(tenant: TenantId, handler: WorkHandler, items: readonly ClaimedWork[]): Promise<void> {
    const { context, store, clock } = this.parts;
    const { signal } = this.cut;
    if (this.stopping) return store.release(tenant, items);
    try {
      await context.run(tenant, items, signal, () => withinTime(handler.timeLimitMs, () => handler.handle(tenant, items), signal));
    } catch (error) {
      const [item] = items;
      if (signal.aborted) await store.release(tenant, items);
      else if (error instanceof AgentAway) await this.putOff(tenant, items, error);
      else if (item && items.length === 1) await this.giveBack(tenant, item, error);
      else for (const single of items) await this.handle(tenant, handler, [single]);
      return;
    }
    const lost = await store.complete(tenant, items, clock.now());
    if (lost > 0)
      this.logger.warn({ event: 'work.lost', tenant_id: tenant, kind: handler.kind, items: lost }, 'others have taken work over');
  }

  /** What claims hold that nobody works on has failed as much as if it had thrown: it may be what ended whoever worked on it. */
  private async takeBackLost(tenant: TenantId): Promise<void> {
    const now = performance.now();
    const last = this.looks.get(tenant);
    if (last && now - last.at < LOOK_EVERY_MS) return last.ended;
    const ended = this.lookForLost(tenant);
    this.looks.set(tenant, { at: now, ended });
    ended.catch(() => this.looks.delete(tenant));
    return ended;
  }

  private async lookForLost(tenant: TenantId): Promise<void> {
    const { store, holders } = this.parts;
    const held = await store.holders(tenant);
    const gone = held.length === 0 ? [] : await holders.gone(held);
    for (const holder of gone) {
      for (const item of await store.heldBy(tenant, holder)) await this.giveBack(tenant, item, new Error(LOST), 0);
    }
  }

  /** An agent that is away says nothing of the items: they wait, and it counts as no attempt at them. */
  private async putOff(tenant: TenantId, items: readonly ClaimedWork[], error: AgentAway): Promise<void> {
    const { store, clock } = this.parts;
    const at = clock.now();
    await store.putOff(tenant, items, { at, notBefore: at + PUT_OFF_MS / 2 + randomInt(PUT_OFF_MS / 2) });
    const [{ kind } = { kind: '' }] = items;
    this.logger.warn(
      { event: 'work.put_off', tenant_id: tenant, kind, items: items.length, reason: error.message },
      'work waits for an agent',
    );
  }

  private async giveBack(tenant: TenantId, item: ClaimedWork, error: unknown, delayMs?: number): Promise<void> {
    const { store, clock } = this.parts;
    const failures = item.attempts + 1;
    const text = (error instanceof Error ? error.message : String(error)).slice(0, 500);
    const at = clock.now();
    const dead = failures >= MAX_ATTEMPTS && (await store.bury(tenant, item, { error: text, at, otherwise: at + FULL_MS }));
    const delay = delayMs ?? backoffMs(failures, randomInt(1_000) / 1_000);
    if (failures < MAX_ATTEMPTS) await store.fail(tenant, item, { error: text, at, notBefore: at + delay });
    if (dead) this.events.workDead(tenant, item, failures, error);
    else
      this.logger.warn(
        { err: error, event: 'work.retry', tenant_id: tenant, kind: item.kind, key: item.key, failures },
        'work will be tried again',
      );
  }
}

import { randomInt } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { TenantId } from '../../contracts/tenant.js';
import type { Clock } from '../clock/clock.js';
import type { Metrics } from '../observability/metrics.js';
import { backoffMs } from './backoff.js';
import type { WorkContext } from './work-context.js';
import type { WorkHandler } from './work-item.js';
import type { ClaimedWork, WorkStore } from './work-store.js';
import { byTrace } from './work-traces.js';

const LEASE_MS = 60_000;
const MAX_ATTEMPTS = 8;
/** How long work waits that would be one dead letter too many. */
const FULL_MS = 600_000;

/** Does batches of work: takes items, has their handler do them, and notes what became of each. */
export class WorkBatches {
  private readonly logger = new Logger('WorkRunner');

  constructor(
    private readonly store: WorkStore,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
    private readonly context: WorkContext,
  ) {}

  /** Does what is due of one kind, at most a batch; answers how many items that were. */
  async run(tenant: TenantId, handler: WorkHandler): Promise<number> {
    const items = await this.store.claim(tenant, handler.kind, handler.batchSize, this.clock.now(), LEASE_MS);
    if (items.length === 0) return 0;
    this.metrics.workPending.inc({ kind: handler.kind }, items.length);
    try {
      await this.handleByTrace(tenant, handler, items);
    } finally {
      this.metrics.workPending.dec({ kind: handler.kind }, items.length);
    }
    return items.length;
  }

  /** What waits outside waits for all of it at once. */
  private async handleByTrace(tenant: TenantId, handler: WorkHandler, items: readonly ClaimedWork[]): Promise<void> {
    const groups = byTrace(items);
    if (handler.waitsOutside) await Promise.all(groups.map((group) => this.handle(tenant, handler, group)));
    else for (const group of groups) await this.handle(tenant, handler, group);
  }

  private async handle(tenant: TenantId, handler: WorkHandler, items: readonly ClaimedWork[]): Promise<void> {
    try {
      await this.context.run(tenant, items, () => handler.handle(tenant, items));
      await this.store.complete(tenant, items, this.clock.now());
    } catch (error) {
      const [item] = items;
      if (item && items.length === 1) await this.giveBack(tenant, item, error);
      else for (const single of items) await this.handle(tenant, handler, [single]);
    }
  }

  private async giveBack(tenant: TenantId, item: ClaimedWork, error: unknown): Promise<void> {
    const failures = item.attempts + 1;
    const text = (error instanceof Error ? error.message : String(error)).slice(0, 500);
    const now = this.clock.now();
    const dead = failures >= MAX_ATTEMPTS && (await this.store.bury(tenant, item, text, now + FULL_MS));
    if (failures < MAX_ATTEMPTS) await this.store.fail(tenant, item, text, now + backoffMs(failures, randomInt(1_000) / 1_000));
    if (dead) this.metrics.deadLetters.inc({ kind: item.kind });
    this.logger.warn(
      { err: error, event: dead ? 'work.dead' : 'work.retry', tenant_id: tenant, kind: item.kind, key: item.key, failures },
      dead ? 'work given up on' : 'work will be tried again',
    );
  }
}

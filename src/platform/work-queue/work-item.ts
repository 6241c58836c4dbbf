import type { TenantId } from '../../contracts/tenant.js';

/** Something to be done later, kept in the tenant's database in the transaction of what caused it. */
export interface NewWork {
  /** What kind of work; names the handler. */
  readonly kind: string;
  /** What it is about, unique within its kind. Enqueuing a key again while it waits is one item; while it runs, it runs once more. */
  readonly key: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly correlation_id: string;
  /** The trace that it continues (W3C `traceparent`); where left out, the one that it is enqueued in. */
  readonly traceparent?: string | null;
  /**
   * Milliseconds since the epoch before which it does not run; at once where left out. It means a time to wait from now on: an item whose clock has been
   * set back since does not wait for the difference too.
   */
  readonly not_before?: number;
  /** `not_before` is a time of day that people were told, and holds whatever happens to the clock. */
  readonly is_time_of_day?: true;
}

/** An item as its handler gets it. */
export interface WorkItem extends NewWork {
  /** How often it failed before. */
  readonly attempts: number;
}

const TIME_LIMIT_MS = 30_000;

/** Does one kind of work. A handler may see an item again after a crash, so doing it twice must change nothing. */
export abstract class WorkHandler {
  abstract readonly kind: string;
  /** How many items it takes at once. */
  readonly batchSize: number = 1;
  /** Whether it spends its time waiting for others outside of this process. */
  readonly waitsOutside: boolean = false;
  /** Whether it is long and nobody waits for it: it is done a turn at a time, of one tenant at a time, beside all other work. */
  readonly isBackground: boolean = false;
  /** Milliseconds after which what it was given counts as failed, and what it still does with it counts for nothing. */
  readonly timeLimitMs: number = TIME_LIMIT_MS;

  /** @throws to have the items retried one by one with backoff, and kept as dead letters in the end. */
  abstract handle(tenant: TenantId, items: readonly WorkItem[]): Promise<void>;
}

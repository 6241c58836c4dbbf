import type { TenantId } from '../../../contracts/tenant.js';
import type { AuditEntry } from '../../../platform/audit/audit-record.js';
import type { Backtest, BacktestProgress } from './backtest.js';

/** The kind of work that a back-test is; keyed by its id. */
export const RULE_BACKTEST = 'rule.backtest';

/** Who starts or cancels, and in what request; for the audit. */
export type BacktestDeed = Pick<AuditEntry, 'actor' | 'correlation_id' | 'source_ip'>;

/** A back-test that is to be done. */
export type NewBacktest = Pick<Backtest, 'backtest_id' | 'document' | 'span' | 'progress'>;

/** A back-test in a list. */
export type ListedBacktest = Omit<Backtest, 'document'>;

/** How many a tenant may have. */
export interface BacktestBounds {
  /** That wait or run. */
  readonly open: number;
  /** In all; beyond that the oldest that have ended are removed. */
  readonly kept: number;
}

/** How a back-test ends by itself. */
export interface BacktestEnd {
  readonly state: 'done' | 'failed';
  readonly reason: string | null;
  readonly progress: BacktestProgress;
}

/** The back-tests of each tenant. That one is started, cancelled or removed is written to the audit with it. */
export abstract class BacktestStore {
  /** Stores it with the work that it is. @throws Problem 409 where the tenant has as many open as it may. */
  abstract create(tenant: TenantId, backtest: NewBacktest, bounds: BacktestBounds, deed: BacktestDeed): Promise<Backtest>;

  abstract find(tenant: TenantId, id: string): Promise<Backtest | undefined>;

  /** The newest first, those before an id, or all; `limit` at most. */
  abstract list(tenant: TenantId, before: string | undefined, limit: number): Promise<readonly ListedBacktest[]>;

  /** Keeps progress, with the work that is left. False where it was cancelled, or another process has kept progress, since it was read. */
  abstract keep(tenant: TenantId, backtest: Backtest, progress: BacktestProgress): Promise<boolean>;

  /** Keeps how it ended. False as for `keep`. */
  abstract end(tenant: TenantId, backtest: Backtest, end: BacktestEnd): Promise<boolean>;

  /** Cancels one that is open, and removes one that has ended; answers which. `undefined` where there is none. */
  abstract remove(tenant: TenantId, id: string, deed: BacktestDeed): Promise<'cancelled' | 'deleted' | undefined>;
}

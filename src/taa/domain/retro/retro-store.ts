import type { TenantId } from '../../../contracts/tenant.js';
import type { IndicatorChange } from '../indicator-store.js';
import type { RetroMatch, RetroProgress } from './retro-match.js';

/** The kind of work that it is; keyed by its id. */
export const RETRO_MATCH = 'intel.retro_match';

/** When indicators that are new are compared with stored events. */
export interface RetroPolicy {
  /** How far back is looked, in milliseconds. */
  readonly lookBackMs: number;
  /** How long after they came it begins, in milliseconds: what comes until then is taken along. */
  readonly delayMs: number;
}

/** What somebody asks for. */
export type RetroOrder = Pick<RetroMatch, 'retro_id' | 'span'> & { readonly source: string | null };

/** How it ends by itself. */
export interface RetroEnd {
  readonly state: 'done' | 'failed';
  readonly reason: string | null;
  readonly progress: RetroProgress;
}

/**
 * The comparisons of each tenant. Those that new indicators cause are made where the indicators are stored, one at a time: what comes while one runs is
 * compared by the next. That one is started, cancelled or removed is written to the audit with it.
 */
export abstract class RetroStore {
  /** Stores one that was asked for, of all indicators, with the work that it is. @throws Problem 409 where as many of those are open as may be. */
  abstract create(tenant: TenantId, order: RetroOrder, deed: IndicatorChange): Promise<RetroMatch>;

  abstract find(tenant: TenantId, id: string): Promise<RetroMatch | undefined>;

  /** The newest first, those before an id, or all; `limit` at most. */
  abstract list(tenant: TenantId, before: string | undefined, limit: number): Promise<readonly RetroMatch[]>;

  /** Keeps progress, with the work that is left. False where it has ended, or was changed by others, since it was read. */
  abstract keep(tenant: TenantId, match: RetroMatch, progress: RetroProgress): Promise<boolean>;

  /** Keeps how it ended, and has the next begin where indicators came meanwhile. False as for `keep`. */
  abstract end(tenant: TenantId, match: RetroMatch, end: RetroEnd): Promise<boolean>;

  /** Cancels one that is open, and removes one that has ended; answers which. `undefined` where there is none. */
  abstract remove(tenant: TenantId, id: string, deed: IndicatorChange): Promise<'cancelled' | 'deleted' | undefined>;
}

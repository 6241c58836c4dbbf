import type { PastProgress } from '../../../contracts/past-progress.js';
import type { EventSpan } from '../../../contracts/stored-events.js';
import type { RuleTally } from './rule-tally.js';

export const BACKTEST_STATES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;

export type BacktestState = (typeof BACKTEST_STATES)[number];

/** How far a back-test has come, and what it has found so far. */
export interface BacktestProgress extends PastProgress {
  readonly rules: readonly RuleTally[];
}

/** A try of rules on events that are stored already. Times are RFC 3339 UTC. */
export interface Backtest {
  readonly backtest_id: string;
  /** Rules in YAML, as they were sent. */
  readonly document: string;
  readonly span: EventSpan;
  readonly state: BacktestState;
  readonly created_at: string;
  readonly created_by: string;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  /** Why it failed. */
  readonly reason: string | null;
  /** Counts up whenever progress is kept. */
  readonly turn: number;
  readonly progress: BacktestProgress;
}

/** Whether there is something left to do. */
export function isOpen({ state }: Pick<Backtest, 'state'>): boolean {
  return state === 'queued' || state === 'running';
}

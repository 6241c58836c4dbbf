import type { EventPosition, EventSpan } from './past-record.js';
import type { RuleTally } from './rule-tally.js';

export const BACKTEST_STATES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;

export type BacktestState = (typeof BACKTEST_STATES)[number];

/** How far a back-test has come, and what it has found so far. */
export interface BacktestProgress {
  /** Null before the first event and behind the last. */
  readonly before: EventPosition | null;
  /** Events of the span that were looked at. */
  readonly scanned: number;
  /** Chunks of events that were read to their end. */
  readonly chunks: number;
  /** About how many events of the span there are; null before that can be told. */
  readonly about: number | null;
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

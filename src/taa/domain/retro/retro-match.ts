import { NOTHING_SEEN, type PastProgress } from '../../../contracts/past-progress.js';
import type { EventSpan } from '../../../contracts/stored-events.js';

export const RETRO_STATES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;

export type RetroState = (typeof RETRO_STATES)[number];

/** `arrival`: indicators are new; `request`: somebody asked for it. */
export const RETRO_CAUSES = ['arrival', 'request'] as const;

export type RetroCause = (typeof RETRO_CAUSES)[number];

/** Which indicators are meant: those that became something else to look for after one revision of the tenant's indicators, up to another. */
export interface IndicatorScope {
  readonly after: number;
  readonly upTo: number;
  /** Of this source alone; null for all. */
  readonly source: string | null;
}

/** How far it has come, and what it has found. */
export interface RetroProgress extends PastProgress {
  /** Indicators that it compares with; null before that is known. */
  readonly indicators: number | null;
  /** Indicators seen in events, each event counted. */
  readonly matches: number;
  /** Those that became alerts, or were alerts already. */
  readonly raised: number;
  /** Those beyond what one job may raise. */
  readonly held_back: number;
  /** Events that took too long to compare, and what was read with them. */
  readonly passed_over: number;
  /** Matches by indicator. */
  readonly by_indicator: Readonly<Record<string, number>>;
}

/** A comparison of stored events with indicators, done in the background. Times are RFC 3339 UTC. */
export interface RetroMatch {
  readonly retro_id: string;
  readonly cause: RetroCause;
  readonly scope: IndicatorScope;
  readonly span: EventSpan;
  readonly state: RetroState;
  readonly created_at: string;
  readonly created_by: string;
  /** Of the request that caused it; its alerts have it too. */
  readonly correlation_id: string;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  /** Why it failed. */
  readonly reason: string | null;
  /** Counts up whenever progress is kept, or more indicators are taken in. */
  readonly turn: number;
  readonly progress: RetroProgress;
}

/** Before the first event. */
export const NOTHING_MATCHED: RetroProgress = {
  ...NOTHING_SEEN,
  indicators: null,
  matches: 0,
  raised: 0,
  held_back: 0,
  passed_over: 0,
  by_indicator: {},
};

/** Whether there is something left to do. */
export function isOpen({ state }: Pick<RetroMatch, 'state'>): boolean {
  return state === 'queued' || state === 'running';
}

import type { ApartLimits } from './apart-thread.js';
import type { QuarantineLimits } from './quarantine.js';

/** An event takes about 25 µs; the thread's memory holds the rules besides what an event needs. */
export const APART_LIMITS: ApartLimits = { eventMs: 3_000, heapMiB: 512 };

export const QUARANTINE_LIMITS: QuarantineLimits = {
  atOnce: 2,
  waiting: 16,
  waitingOfTenant: 4,
  batchMs: 20_000,
  watchMs: 600_000,
  remembered: 64,
};

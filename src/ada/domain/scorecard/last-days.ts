import type { DayRange } from '../../../contracts/rule-alerts.js';

const DAY_MS = 86_400_000;

/** The last days in UTC, with the one that a moment is in. @param now milliseconds since the epoch. @param days at least 1. */
export function lastDays(now: number, days: number): DayRange {
  return { first_day: dateOf(now - (days - 1) * DAY_MS), last_day: dateOf(now) };
}

function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

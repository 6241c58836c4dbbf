import type { HourCount } from './event-store.js';

/** What became of the events received in one hour. */
export interface AccountedHour {
  /** RFC 3339 UTC. */
  readonly hour: string;
  readonly received: number;
  readonly stored: number;
  readonly duplicates: number;
  readonly rejected: Readonly<Record<string, number>>;
  readonly shed: Readonly<Record<string, number>>;
  /** received − stored − duplicates − rejected − shed: events that nobody can account for. */
  readonly remainder: number;
}

/** Draws the balance of an hour. */
export function account(count: HourCount): AccountedHour {
  const { hour, received, stored, duplicates, rejected, shed } = count;
  return {
    hour: new Date(hour).toISOString(),
    received,
    stored,
    duplicates,
    rejected,
    shed,
    remainder: received - stored - duplicates - sum(rejected) - sum(shed),
  };
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

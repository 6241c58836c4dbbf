import type { LegalHold } from '../../../platform/tenancy/tenant.js';

/** Identities of events are kept in the files of the months in which they arrived, and known again for this long. */
const IDENTITIES_MS = 90 * 86_400_000;

/**
 * Why a month of events stays. `no_limit`: all are kept. `unfinished`: something in it is not inspected, or not an alert yet. `uncopied`:
 * there is a lake, and not all of it is there. */
export type KeptFor = 'no_limit' | 'within_retention' | 'identities' | 'legal_hold' | 'unfinished' | 'uncopied';

/** What is to become of a month of events: it goes, or stays for a reason. */
export type MonthFate = 'retire' | KeptFor;

/** What the fate of a tenant's months follows from. */
export interface RetentionTerms {
  /** Whole months that are kept besides the present one; null: all. */
  readonly months: number | null;
  readonly hold: LegalHold | null;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The fate of a month of arrival (`2026-11`) as far as it does not depend on what is in it. Months are those of UTC. */
export function fateOf(month: string, { months, hold, now }: RetentionTerms): MonthFate {
  if (months === null) return 'no_limit';
  if (month >= oldestKept(now, months)) return 'within_retention';
  if (month >= monthOf(now - IDENTITIES_MS)) return 'identities';
  return hold ? 'legal_hold' : 'retire';
}

function oldestKept(now: number, months: number): string {
  const date = new Date(now);
  return monthOf(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - months, 1));
}

function monthOf(time: number): string {
  return new Date(time).toISOString().slice(0, 7);
}

import type { LegalHold } from '../../../platform/tenancy/tenant.js';
import type { ClockReading } from './clock-reading.js';
import { monthOf } from './month-of.js';

/** Identities of events are kept in the files of the months in which they arrived, and known again for this long. */
const IDENTITIES_MS = 90 * 86_400_000;

/**
 * Why a month of events stays. `no_limit`: all are kept. `unfinished`: something in it is not inspected, or not an alert yet. `uncopied`:
 * there is a lake, and not all of it is there. `clock_doubted`: only a clock that has leapt ahead says that its time is over. */
export type KeptFor = 'no_limit' | 'within_retention' | 'identities' | 'legal_hold' | 'clock_doubted' | 'unfinished' | 'uncopied';

/** What is to become of a month of events: it goes, or stays for a reason. */
export type MonthFate = 'retire' | KeptFor;

/** What the fate of a tenant's months follows from. */
export interface RetentionTerms {
  /** Whole months that are kept besides the present one; null: all. */
  readonly months: number | null;
  readonly hold: LegalHold | null;
  readonly clock: ClockReading;
}

/** The fate of a month of arrival (`2026-11`) as far as it does not depend on what is in it. Months are those of UTC. */
export function fateOf(month: string, { months, hold, clock }: RetentionTerms): MonthFate {
  if (months === null) return 'no_limit';
  const written = clock.writtenIn(month);
  const young = whyYoung(written, months, clock.now);
  if (young) return young;
  if (whyYoung(written, months, clock.believed)) return 'clock_doubted';
  return hold ? 'legal_hold' : 'retire';
}

function whyYoung(month: string, months: number, now: number): 'within_retention' | 'identities' | undefined {
  if (month >= oldestKept(now, months)) return 'within_retention';
  return month >= monthOf(now - IDENTITIES_MS) ? 'identities' : undefined;
}

function oldestKept(now: number, months: number): string {
  const date = new Date(now);
  return monthOf(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - months, 1));
}

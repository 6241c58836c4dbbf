import type { Check, Outcome } from './rules/check.js';

/** Everything that was checked, and how it came out. */
export interface DoctorReport {
  readonly checked_at: string;
  /** Null where no deployment was asked. */
  readonly url: string | null;
  readonly counts: Readonly<Record<Outcome, number>>;
  readonly checks: readonly Check[];
}

const SIGNS: Readonly<Record<Outcome, string>> = { pass: 'ok  ', fail: 'FAIL', unknown: '?   ' };

/** Counts how checks came out. */
export function doctorReport(checks: readonly Check[], url: string | null, checkedAt: string): DoctorReport {
  const count = (outcome: Outcome): number => checks.filter((check) => check.outcome === outcome).length;
  return { checked_at: checkedAt, url, counts: { pass: count('pass'), fail: count('fail'), unknown: count('unknown') }, checks };
}

/** The report for people: what fails comes last, where it is read. */
export function describeDoctor({ checks, counts }: DoctorReport): string {
  const width = Math.max(...checks.map(({ id }) => id.length));
  const order: readonly Outcome[] = ['pass', 'unknown', 'fail'];
  const lines = order
    .flatMap((outcome) => checks.filter((check) => check.outcome === outcome))
    .map(({ id, title, outcome, reason }) => `${SIGNS[outcome]}  ${id.padEnd(width)}  ${title}: ${reason}`);
  return [...lines, '', `${counts.pass} passed, ${counts.fail} failed, ${counts.unknown} not known`].join('\n');
}

import type { ChecklistItem } from './checklist.js';

/** `unknown`: what was seen does not tell. */
export type Outcome = 'pass' | 'fail' | 'unknown';

/** How a check came out, and why. Names variables, keys and operations; never a value that is secret. */
export interface Verdict {
  readonly outcome: Outcome;
  readonly reason: string;
}

/** A check that was made. */
export interface Check extends Verdict {
  /** `settings.log-level`. */
  readonly id: string;
  readonly title: string;
  /** Lines of the security checklist that it answers. */
  readonly answers: readonly ChecklistItem[];
}

/** A check, by what it judges. */
export interface Rule<Facts> {
  readonly id: string;
  readonly title: string;
  readonly answers: readonly ChecklistItem[];
  readonly judge: (facts: Facts) => Verdict;
}

/** Something that was looked at, or why it could not be. */
export type Seen<T> = { readonly value: T } | { readonly trouble: string };

export const pass = (reason: string): Verdict => ({ outcome: 'pass', reason });
export const fail = (reason: string): Verdict => ({ outcome: 'fail', reason });
export const unknown = (reason: string): Verdict => ({ outcome: 'unknown', reason });

/** Fails with what is wrong; passes where nothing is. */
export function unless(faults: readonly string[], reason: string): Verdict {
  return faults.length === 0 ? pass(reason) : fail(faults.join('; '));
}

/** Judges what was seen; what was not seen is not known. */
export function whenSeen<T>(seen: Seen<T>, judge: (value: T) => Verdict): Verdict {
  return 'value' in seen ? judge(seen.value) : unknown(seen.trouble);
}

/** Makes every check of some rules. */
export function judgeAll<Facts>(rules: readonly Rule<Facts>[], facts: Facts): readonly Check[] {
  return rules.map(({ id, title, answers, judge }) => ({ id, title, answers, ...judge(facts) }));
}

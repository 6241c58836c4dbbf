import type { Severity } from '../../../contracts/severity.js';
import { countValues, type FrequentValue } from './frequent-values.js';
import type { EventSpan } from '../../../contracts/stored-events.js';
import type { PastMatch, RuleFindings } from './rule-trial.js';

/** A rule that is tried. */
export interface TriedRule {
  readonly id: string;
  readonly title: string;
  readonly level: Severity;
}

/** What a rule has found so far. */
export interface RuleTally extends TriedRule {
  /** Events of its log source. */
  readonly events: number;
  /** Events that it matches, and that no filter leaves out. */
  readonly matches: number;
  /** Matches that filters leave out. */
  readonly filtered: number;
  /** What it has cost, in µs. */
  readonly micros: number;
  /** Matches by the hour, or day, that begins then (RFC 3339 UTC). */
  readonly by_time: Readonly<Record<string, number>>;
  readonly hosts: readonly FrequentValue[];
  readonly users: readonly FrequentValue[];
  /** The first that were found, which are the newest. */
  readonly samples: readonly string[];
}

const MOST_SAMPLES = 50;
/** Different hosts, and users, of which it is known how often each occurred. */
const MOST_VALUES = 100;
const DAY_MS = 86_400_000;
/** Longest span whose matches are counted by the hour. */
const HOURLY_MS = 3 * DAY_MS;

/** Of what length the times are that matches are counted by. */
export function intervalOf({ from, to }: EventSpan): 'hour' | 'day' {
  return to - from <= HOURLY_MS ? 'hour' : 'day';
}

/** Before the first event. */
export function emptyTally({ id, title, level }: TriedRule): RuleTally {
  return { id, title, level, events: 0, matches: 0, filtered: 0, micros: 0, by_time: {}, hosts: [], users: [], samples: [] };
}

/** Adds what a rule has found in further events. */
export function addFindings(tally: RuleTally, found: RuleFindings, interval: 'hour' | 'day'): RuleTally {
  const { matches } = found;
  const room = Math.max(0, MOST_SAMPLES - tally.samples.length);
  return {
    ...tally,
    events: tally.events + found.events,
    matches: tally.matches + matches.length,
    filtered: tally.filtered + found.filtered,
    micros: tally.micros + found.micros,
    by_time: countTimes(tally.by_time, matches, interval),
    hosts: countValues(tally.hosts, valuesOf(matches, 'host'), MOST_VALUES),
    users: countValues(tally.users, valuesOf(matches, 'user'), MOST_VALUES),
    samples: [...tally.samples, ...matches.slice(0, room).map(({ event_id }) => event_id)],
  };
}

function countTimes(known: RuleTally['by_time'], matches: readonly PastMatch[], interval: 'hour' | 'day'): RuleTally['by_time'] {
  const counts = new Map(Object.entries(known));
  for (const { time } of matches) {
    const start = beginOf(time, interval);
    counts.set(start, (counts.get(start) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}

function beginOf(time: number, interval: 'hour' | 'day'): string {
  const length = interval === 'hour' ? DAY_MS / 24 : DAY_MS;
  return new Date(Math.floor(time / length) * length).toISOString();
}

function valuesOf(matches: readonly PastMatch[], name: 'host' | 'user'): string[] {
  return matches.flatMap((match) => match[name] ?? []);
}

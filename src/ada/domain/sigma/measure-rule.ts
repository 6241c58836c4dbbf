import type { SecurityEvent } from '../../../contracts/security-event.js';
import { SigmaEngine } from './sigma-engine.js';
import type { SigmaRule } from './sigma-rule.js';
import { CacheBudget } from './value-cache.js';

/** What a rule costs by itself. */
export interface MeasuredRule {
  readonly matches: number;
  /** For one of the events, in µs. */
  readonly micros: number;
}

const ROUNDS = 3;
/** Of what takes long, too: a thread that is held up in one round is found out by the next. */
const LEAST_ROUNDS = 2;
/** A round lasts so long at least: what takes less is repeated, until the clock can tell it. */
const LEAST_MS = 0.05;
const MOST_PASSES = 4_096;

/**
 * Measures a rule alone, with nothing remembered: the best of three rounds over the events, after one that is not counted, as the rule is compiled in it.
 * @param events of the rule's log source, at least one.
 * @param now milliseconds of a clock that does not go back.
 * @param mostMs once so long has passed no third round begins.
 */
export function measureRule(rule: SigmaRule, events: readonly SecurityEvent[], now: () => number, mostMs = Infinity): MeasuredRule {
  const begun = now();
  const engine = new SigmaEngine([rule], { cache: new CacheBudget(0) });
  const matches = events.filter((event) => engine.match(event).length > 0).length;
  const timed = (passes: number): number => {
    const started = now();
    for (let pass = 0; pass < passes; pass++) for (const event of events) engine.match(event);
    return now() - started;
  };
  let [passes, best] = [1, Infinity];
  for (let rounds = 0; rounds < ROUNDS && (rounds < LEAST_ROUNDS || now() - begun < mostMs);) {
    const took = timed(passes);
    if (took < LEAST_MS && passes < MOST_PASSES) {
      passes *= 2;
      continue;
    }
    best = Math.min(best, took / passes);
    rounds += 1;
  }
  return { matches, micros: (best * 1_000) / events.length };
}

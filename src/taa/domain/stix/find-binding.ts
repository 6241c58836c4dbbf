import { Assignment } from './assignment.js';
import type { Observation } from './observation.js';
import type { Steps } from './steps.js';

/** A pattern whose observation expressions are told by the observations that meet them, in ascending order. */
export type BoundPattern =
  | { readonly kind: 'observation'; readonly candidates: readonly number[] }
  | { readonly kind: 'and' | 'or' | 'followedby'; readonly operands: readonly BoundPattern[] }
  | { readonly kind: 'within'; readonly of: BoundPattern; readonly ms: number }
  | { readonly kind: 'repeats'; readonly of: BoundPattern; readonly times: number }
  | { readonly kind: 'startstop'; readonly of: BoundPattern; readonly start: number; readonly stop: number };

/** What an observation must be to be taken: begun at this time at the latest, and ended at that time at the earliest. */
interface Bounds {
  readonly begun: number;
  /** Where true, it must have begun before that time. */
  readonly isStrict: boolean;
  readonly ended: number;
}

type Rest = () => boolean;

/**
 * Finds observations that a pattern can be bound to (STIX 2.1 sections 9.4 and 9.5): each is bound at most as often as it was seen; both operands of AND;
 * FOLLOWEDBY with times on the left that are not after those on the right; REPEATS by so many bindings that share none; WITHIN and START STOP by times that
 * are so close together, or in that span. An observation's time is any from its first to its last.
 *
 * Every condition on times is one on the latest beginning and the earliest end, so that it is enough to try the times at which observations begin and end,
 * and what is left is an assignment without times.
 * @returns the indices of the observations, ascending; `undefined` where there is no binding.
 * @throws StixPatternError where that takes more steps than there are.
 */
export function findBinding(pattern: BoundPattern, observations: readonly Observation[], steps: Steps): number[] | undefined {
  const search = new Search(observations, steps);
  return search.run(pattern);
}

class Search {
  private readonly assignment: Assignment;
  private readonly total: number;
  private found: number[] | undefined;

  constructor(
    private readonly observations: readonly Observation[],
    private readonly steps: Steps,
  ) {
    const counts = observations.map(({ count }) => count);
    this.total = counts.reduce((sum, count) => sum + count, 0);
    this.assignment = new Assignment(counts, steps);
  }

  run(pattern: BoundPattern): number[] | undefined {
    this.bind(pattern, { begun: Infinity, isStrict: false, ended: -Infinity }, () => {
      this.found = this.assignment.used();
      return true;
    });
    return this.found;
  }

  /** Whether the pattern and then the rest can be bound. */
  private bind(pattern: BoundPattern, bounds: Bounds, rest: Rest): boolean {
    this.steps.spend(1);
    switch (pattern.kind) {
      case 'observation':
        return this.take(pattern.candidates, 1, bounds, rest);
      case 'and':
        return this.bindAll(pattern.operands, bounds, rest);
      case 'or':
        return pattern.operands.some((operand) => this.bind(operand, bounds, rest));
      case 'followedby':
        return this.bindInOrder(pattern.operands, bounds, rest);
      case 'repeats':
        return this.bindRepeated(pattern.of, pattern.times, bounds, rest);
      case 'startstop':
        if (pattern.start >= pattern.stop) return false;
        return this.bind(pattern.of, narrowed(bounds, { begun: pattern.stop, isStrict: true, ended: pattern.start }), rest);
      case 'within':
        return this.timesIn(pattern.of, ({ last }) => last).some((ended) =>
          this.bind(pattern.of, narrowed(bounds, { begun: ended + pattern.ms, isStrict: false, ended }), rest),
        );
    }
  }

  private bindAll([first, ...others]: readonly BoundPattern[], bounds: Bounds, rest: Rest): boolean {
    if (first === undefined) return rest();
    return this.bind(first, bounds, () => this.bindAll(others, bounds, rest));
  }

  /** `a FOLLOWEDBY b FOLLOWEDBY c` is `(a FOLLOWEDBY b) FOLLOWEDBY c`. */
  private bindInOrder(operands: readonly BoundPattern[], bounds: Bounds, rest: Rest): boolean {
    const last = operands.at(-1);
    const before = operands.slice(0, -1);
    if (last === undefined) return rest();
    if (before.length === 0) return this.bind(last, bounds, rest);
    return this.timesIn(last, ({ last: end }) => end).some((time) => {
      const left = narrowed(bounds, { begun: time, isStrict: false, ended: -Infinity });
      const right = narrowed(bounds, { begun: Infinity, isStrict: false, ended: time });
      return this.bindInOrder(before, left, () => this.bind(last, right, rest));
    });
  }

  private bindRepeated(of: BoundPattern, times: number, bounds: Bounds, rest: Rest): boolean {
    if (times > this.total) return false;
    if (of.kind === 'observation') return this.take(of.candidates, times, bounds, rest);
    if (times === 0) return rest();
    return this.bind(of, bounds, () => this.bindRepeated(of, times - 1, bounds, rest));
  }

  private take(candidates: readonly number[], amount: number, bounds: Bounds, rest: Rest): boolean {
    this.steps.spend(candidates.length);
    const inTime = candidates.filter((index) => this.isWithin(index, bounds));
    if (!this.assignment.add({ candidates: inTime, amount })) return false;
    const isBound = rest();
    if (!isBound) this.assignment.removeLast();
    return isBound;
  }

  private isWithin(index: number, { begun, isStrict, ended }: Bounds): boolean {
    const observation = this.observations[index];
    if (observation === undefined || observation.last < ended) return false;
    return isStrict ? observation.first < begun : observation.first <= begun;
  }

  /** Times of the observations that a pattern may take, each once, ascending. */
  private timesIn(pattern: BoundPattern, timeOf: (observation: Observation) => number): number[] {
    const times = new Set<number>();
    for (const index of candidatesOf(pattern)) {
      this.steps.spend(1);
      const observation = this.observations[index];
      if (observation !== undefined) times.add(timeOf(observation));
    }
    return [...times].toSorted((a, b) => a - b);
  }
}

function narrowed(a: Bounds, b: Bounds): Bounds {
  const { begun, isStrict } = b.begun < a.begun || (b.begun === a.begun && b.isStrict) ? b : a;
  return { begun, isStrict, ended: Math.max(a.ended, b.ended) };
}

function candidatesOf(pattern: BoundPattern): readonly number[] {
  if (pattern.kind === 'observation') return pattern.candidates;
  if ('operands' in pattern) return pattern.operands.flatMap(candidatesOf);
  return candidatesOf(pattern.of);
}

import { compileComparison, type ObjectTest } from './compile-comparison.js';
import type { MatcherCompiler } from './compile-test.js';
import { type BoundPattern, findBinding } from './find-binding.js';
import type { Observation } from './observation.js';
import type { StixPattern } from './pattern-ast.js';
import { Steps } from './steps.js';
import { StixPatternError } from './stix-pattern-error.js';

/** Steps of one evaluation: some tens of milliseconds. */
const MOST_STEPS = 2_000_000;
const NANOS_IN_MS = 1e6;
/** Instructions of all regular expressions of one pattern. */
const MOST_INSTRUCTIONS = 10_000;

/** A pattern ready to be evaluated. */
export interface CompiledPattern {
  /**
   * The observations that the pattern is bound to, by their indices, ascending; `undefined` where it does not match.
   * @throws StixPatternError where that costs too much, or a value is not what the pattern takes it for.
   */
  match(observations: readonly Observation[]): number[] | undefined;
}

type Binder = (observations: readonly Observation[], steps: Steps) => BoundPattern;

/** @throws StixPatternError where a constant of the pattern cannot be used, such as a regular expression that is none. */
export function compilePattern(pattern: StixPattern, compile: MatcherCompiler, mostSteps = MOST_STEPS): CompiledPattern {
  const bind = binderOf(pattern, boundedTogether(compile));
  return {
    match(observations) {
      const steps = new Steps(mostSteps);
      return findBinding(bind(observations, steps), observations, steps);
    },
  };
}

/** @throws StixPatternError once what it has compiled is too much together. */
function boundedTogether(compile: MatcherCompiler): MatcherCompiler {
  let size = 0;
  return (source) => {
    const program = compile(source);
    size += program.size;
    if (size <= MOST_INSTRUCTIONS) return program;
    throw new StixPatternError(`the regular expressions need ${size} instructions together or more, more than ${MOST_INSTRUCTIONS}`);
  };
}

function binderOf(pattern: StixPattern, compile: MatcherCompiler): Binder {
  switch (pattern.kind) {
    case 'observation': {
      const test = compileComparison(pattern.comparison, compile);
      return (observations, steps) => ({ kind: 'observation', candidates: candidatesOf(test, observations, steps) });
    }
    case 'within': {
      const of = binderOf(pattern.of, compile);
      return (...seen) => ({ kind: 'within', of: of(...seen), ms: pattern.seconds * 1_000 });
    }
    case 'repeats': {
      const of = binderOf(pattern.of, compile);
      return (...seen) => ({ kind: 'repeats', of: of(...seen), times: pattern.times });
    }
    case 'startstop': {
      const of = binderOf(pattern.of, compile);
      const [start, stop] = [msOf(pattern.start), msOf(pattern.stop)];
      return (...seen) => ({ kind: 'startstop', of: of(...seen), start, stop });
    }
    case 'and':
    case 'or':
    case 'followedby': {
      const operands = pattern.operands.map((operand) => binderOf(operand, compile));
      return (...seen) => ({ kind: pattern.kind, operands: operands.map((operand) => operand(...seen)) });
    }
  }
}

function candidatesOf(test: ObjectTest, observations: readonly Observation[], steps: Steps): number[] {
  const candidates: number[] = [];
  for (const [index, observation] of observations.entries()) {
    for (const object of observation.objects.values()) {
      if (!test(object, observation, steps)) continue;
      candidates.push(index);
      break;
    }
  }
  return candidates;
}

function msOf(nanos: bigint): number {
  return Number(nanos) / NANOS_IN_MS;
}

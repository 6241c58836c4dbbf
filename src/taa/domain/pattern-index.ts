import type { Observation, StixObject } from './stix/observation.js';
import { type CompiledPattern, compilePattern } from './stix/compile-pattern.js';
import type { MatcherCompiler } from './stix/compile-test.js';
import { mandatoryLiterals, type MandatoryLiterals } from './stix/mandatory-literals.js';
import { readPattern } from './stix/read-pattern.js';
import { StixPatternError } from './stix/stix-pattern-error.js';
import { UntriedPatterns } from './untried-patterns.js';

const MOST_DEPTH = 4;
/** Patterns that are evaluated for one observation, and steps of each, so that no observation takes more than some tens of milliseconds. */
const MOST_TRIED = 64;
const MOST_STEPS = 50_000;

/** A pattern, and the texts of which every observation that matches it holds at least one, in small letters. */
export interface IndexedPattern {
  readonly number: number;
  readonly text: string;
  readonly literals: readonly string[];
}

interface Entry {
  readonly number: number;
  readonly text: string;
  /** `null` where it cannot be used. */
  compiled?: CompiledPattern | null;
}

/** A pattern, and what it cannot match without. */
export interface ReadPattern {
  readonly number: number;
  readonly text: string;
  readonly mandatory: readonly MandatoryLiterals[];
}

/** A pattern as it was read; `undefined` for one that an earlier release took and this one cannot use. */
export function readForIndex(number: number, text: string): ReadPattern | undefined {
  try {
    const mandatory = mandatoryLiterals(readPattern(text, '2.0'));
    return mandatory.length === 0 ? undefined : { number, text, mandatory };
  } catch (error) {
    if (error instanceof StixPatternError) return undefined;
    throw error;
  }
}

/** Each pattern by those of its mandatory texts that the fewest patterns have, so that few come into question for an observation. */
export function indexedPatterns(patterns: readonly ReadPattern[]): IndexedPattern[] {
  const uses = new Map<string, number>();
  for (const { mandatory } of patterns) {
    for (const { literals } of mandatory) for (const literal of literals) uses.set(literal, (uses.get(literal) ?? 0) + 1);
  }
  const commonness = ({ literals, areTypes }: MandatoryLiterals): number =>
    areTypes ? Infinity : literals.reduce((most, literal) => Math.max(most, uses.get(literal) ?? 0), 0);
  return patterns.map(({ number, text, mandatory }) => {
    const rarest = mandatory.reduce((best, other) => (commonness(other) < commonness(best) ? other : best));
    return { number, text, literals: rarest.literals };
  });
}

/** Patterns by the texts of which an observation must hold one to match them: an observation costs a look-up for each of its values. They are compiled when needed. */
export class PatternIndex {
  private readonly byLiteral = new Map<string, Entry[]>();

  /** @param compile what regular expressions are compiled with. */
  constructor(
    patterns: readonly IndexedPattern[],
    private readonly compile: MatcherCompiler,
    private readonly untried = new UntriedPatterns(),
  ) {
    for (const { number, text, literals } of patterns) {
      const entry = { number, text };
      for (const literal of new Set(literals)) {
        const others = this.byLiteral.get(literal);
        if (others === undefined) this.byLiteral.set(literal, [entry]);
        else others.push(entry);
      }
    }
  }

  get isEmpty(): boolean {
    return this.byLiteral.size === 0;
  }

  /**
   * The numbers of the patterns that an observation matches, each with the text by which it was found. What cannot be evaluated does not match.
   * @param isAllowed whether a text is no sign of anything, so that no pattern is found by it.
   */
  match(observation: Observation, isAllowed: (text: string) => boolean = () => false): Map<number, string> {
    const found = new Map<number, string>();
    if (this.isEmpty) return found;
    const tried = new Set<Entry>();
    for (const text of textsOf([...observation.objects.values()])) {
      const entries = this.byLiteral.get(text.toLowerCase());
      if (entries === undefined || isAllowed(text)) continue;
      for (const entry of entries) {
        if (tried.has(entry)) continue;
        if (tried.size === MOST_TRIED) {
          this.untried.note();
          return found;
        }
        tried.add(entry);
        if (this.matches(entry, observation)) found.set(entry.number, text);
      }
    }
    return found;
  }

  private matches(entry: Entry, observation: Observation): boolean {
    if (entry.compiled === undefined) {
      entry.compiled = unlessRefused(() => compilePattern(readPattern(entry.text, '2.0'), this.compile, MOST_STEPS));
    }
    const { compiled } = entry;
    return compiled !== null && (unlessRefused(() => compiled.match([observation])) ?? undefined) !== undefined;
  }
}

function unlessRefused<T>(make: () => T): T | null {
  try {
    return make();
  } catch (error) {
    if (error instanceof StixPatternError) return null;
    throw error;
  }
}

/** The texts of values, and after them those of types of objects, which tell least. */
function* textsOf(objects: readonly StixObject[]): Generator<string> {
  yield* textsIn(objects);
  for (const { type } of objects) if (typeof type === 'string') yield type;
}

function* textsIn(value: unknown, depth = 0): Generator<string> {
  if (typeof value === 'string') yield value;
  if (typeof value !== 'object' || value === null || depth > MOST_DEPTH) return;
  for (const [key, inner] of Object.entries(value)) if (key !== 'type') yield* textsIn(inner, depth + 1);
}

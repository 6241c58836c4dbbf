import type { Observation, StixObject } from './stix/observation.js';
import { type CompiledPattern, compilePattern } from './stix/compile-pattern.js';
import type { MatcherCompiler } from './stix/compile-test.js';
import { mandatoryLiterals } from './stix/mandatory-literals.js';
import { readPattern } from './stix/read-pattern.js';
import { StixPatternError } from './stix/stix-pattern-error.js';

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

/** A pattern as it is indexed; `undefined` for one that an earlier release took and this one cannot use. */
export function indexedPattern(number: number, text: string): IndexedPattern | undefined {
  try {
    const literals = mandatoryLiterals(readPattern(text, '2.0'));
    return literals && { number, text, literals };
  } catch (error) {
    if (error instanceof StixPatternError) return undefined;
    throw error;
  }
}

/** Patterns by the texts of which an observation must hold one to match them: an observation costs a look-up for each of its values. They are compiled when needed. */
export class PatternIndex {
  private readonly byLiteral = new Map<string, Entry[]>();

  /** @param compile what regular expressions are compiled with. */
  constructor(
    patterns: readonly IndexedPattern[],
    private readonly compile: MatcherCompiler,
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

  /** The numbers of the patterns that an observation matches, each with the text by which it was found. What cannot be evaluated does not match. */
  match(observation: Observation): Map<number, string> {
    const found = new Map<number, string>();
    if (this.isEmpty) return found;
    const tried = new Set<Entry>();
    for (const text of textsOf([...observation.objects.values()])) {
      for (const entry of this.byLiteral.get(text.toLowerCase()) ?? []) {
        if (tried.has(entry)) continue;
        if (tried.size === MOST_TRIED) return found;
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

function* textsOf(value: unknown, depth = 0): Generator<string> {
  if (typeof value === 'string') yield value;
  if (typeof value !== 'object' || value === null || depth > MOST_DEPTH) return;
  for (const inner of Object.values(value as StixObject)) yield* textsOf(inner, depth + 1);
}

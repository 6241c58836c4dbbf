import type { Observation, StixObject } from './stix/observation.js';
import type { CompiledPattern } from './stix/compile-pattern.js';
import { StixPatternError } from './stix/stix-pattern-error.js';

const MOST_DEPTH = 4;

interface Indexed {
  readonly number: number;
  readonly pattern: CompiledPattern;
}

/** Patterns by the texts of which an observation must hold one to match them: an observation costs a look-up for each of its values. */
export class PatternIndex {
  private readonly byLiteral = new Map<string, Indexed[]>();

  /** @param literals of which every observation that matches holds at least one, in small letters. */
  add(number: number, pattern: CompiledPattern, literals: readonly string[]): void {
    const indexed = { number, pattern };
    for (const literal of new Set(literals)) {
      const others = this.byLiteral.get(literal);
      if (others === undefined) this.byLiteral.set(literal, [indexed]);
      else others.push(indexed);
    }
  }

  /** The numbers of the patterns that an observation matches, each with the text by which it was found. What cannot be evaluated does not match. */
  match(observation: Observation): Map<number, string> {
    const found = new Map<number, string>();
    if (this.byLiteral.size === 0) return found;
    const tried = new Set<Indexed>();
    for (const text of textsOf([...observation.objects.values()])) {
      for (const indexed of this.byLiteral.get(text.toLowerCase()) ?? []) {
        if (tried.has(indexed)) continue;
        tried.add(indexed);
        if (matches(indexed.pattern, observation)) found.set(indexed.number, text);
      }
    }
    return found;
  }
}

function matches(pattern: CompiledPattern, observation: Observation): boolean {
  try {
    return pattern.match([observation]) !== undefined;
  } catch (error) {
    if (error instanceof StixPatternError) return false;
    throw error;
  }
}

function* textsOf(value: unknown, depth = 0): Generator<string> {
  if (typeof value === 'string') yield value;
  if (typeof value !== 'object' || value === null || depth > MOST_DEPTH) return;
  for (const inner of Object.values(value as StixObject)) yield* textsOf(inner, depth + 1);
}

import type { Comparison, ObjectPath, StixLiteral, StixPattern } from './pattern-ast.js';

/** Texts, in small letters, of which every observation that a pattern matches holds at least one as a value. */
export interface MandatoryLiterals {
  readonly literals: readonly string[];
  /** Some are types of objects, which nearly every observation holds. */
  readonly areTypes: boolean;
}

/** Of what a pattern joins by AND any is mandatory; so many are told of. */
const MOST_CHOICES = 8;
const NONE: readonly MandatoryLiterals[] = [];

/**
 * What a pattern cannot match without, likely the rarest first, any of which saves evaluating it on what cannot match; empty where there is nothing to be had, or
 * where the pattern needs more than one observation.
 */
export function mandatoryLiterals(pattern: StixPattern): readonly MandatoryLiterals[] {
  switch (pattern.kind) {
    case 'observation':
      return ofComparison(pattern.comparison);
    case 'or':
      return ofAny(pattern.operands.map(mandatoryLiterals));
    case 'within':
    case 'startstop':
      return mandatoryLiterals(pattern.of);
    case 'repeats':
      return pattern.times === 1 ? mandatoryLiterals(pattern.of) : NONE;
    case 'and':
    case 'followedby':
      return NONE;
  }
}

function ofComparison(comparison: Comparison): readonly MandatoryLiterals[] {
  switch (comparison.kind) {
    case 'or':
      return ofAny(comparison.operands.map(ofComparison));
    case 'and':
      return comparison.operands.flatMap(ofComparison).toSorted(byRarity).slice(0, MOST_CHOICES);
    case 'order':
      return comparison.operator === '=' ? ofTexts(comparison, [comparison.value]) : NONE;
    case 'in':
      return ofTexts(comparison, comparison.values);
    case 'text':
    case 'exists':
      return NONE;
  }
}

function ofTexts(
  { path, negated }: { readonly path: ObjectPath; readonly negated: boolean },
  values: readonly StixLiteral[],
): readonly MandatoryLiterals[] {
  const literals = values.flatMap((value) => (value.kind === 'text' ? [value.value.toLowerCase()] : []));
  return negated || literals.length === 0 || literals.length < values.length ? NONE : [{ literals, areTypes: isOfType(path) }];
}

/** Of alternatives each must have some. */
function ofAny(alternatives: readonly (readonly MandatoryLiterals[])[]): readonly MandatoryLiterals[] {
  const known = alternatives.flatMap(([rarest]) => (rarest === undefined ? [] : [rarest]));
  if (known.length < alternatives.length) return NONE;
  return [{ literals: known.flatMap(({ literals }) => literals), areTypes: known.some(({ areTypes }) => areTypes) }];
}

function isOfType({ steps }: ObjectPath): boolean {
  const last = steps.at(-1);
  return last?.kind === 'key' && last.name === 'type';
}

function byRarity(a: MandatoryLiterals, b: MandatoryLiterals): number {
  return Number(a.areTypes) - Number(b.areTypes) || a.literals.length - b.literals.length || shortest(b) - shortest(a);
}

function shortest({ literals }: MandatoryLiterals): number {
  return literals.reduce((least, { length }) => Math.min(least, length), Infinity);
}

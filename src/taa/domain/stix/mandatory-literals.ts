import type { Comparison, StixPattern } from './pattern-ast.js';

/**
 * Texts, in small letters, of which every observation that a pattern matches holds at least one as a value; `undefined` where there are none to be had, or where
 * the pattern needs more than one observation. They save evaluating the pattern on what cannot match.
 */
export function mandatoryLiterals(pattern: StixPattern): readonly string[] | undefined {
  switch (pattern.kind) {
    case 'observation':
      return ofComparison(pattern.comparison);
    case 'or':
      return ofAny(pattern.operands.map(mandatoryLiterals));
    case 'within':
    case 'startstop':
      return mandatoryLiterals(pattern.of);
    case 'repeats':
      return pattern.times === 1 ? mandatoryLiterals(pattern.of) : undefined;
    case 'and':
    case 'followedby':
      return undefined;
  }
}

function ofComparison(comparison: Comparison): readonly string[] | undefined {
  switch (comparison.kind) {
    case 'or':
      return ofAny(comparison.operands.map(ofComparison));
    case 'and':
      return comparison.operands
        .flatMap((operand) => {
          const literals = ofComparison(operand);
          return literals === undefined ? [] : [literals];
        })
        .toSorted((a, b) => a.length - b.length)[0];
    case 'order':
      return comparison.operator === '=' && !comparison.negated && comparison.value.kind === 'text'
        ? [comparison.value.value.toLowerCase()]
        : undefined;
    case 'in':
      if (comparison.negated || comparison.values.length === 0) return undefined;
      return ofAny(comparison.values.map((value) => (value.kind === 'text' ? [value.value.toLowerCase()] : undefined)));
    case 'text':
    case 'exists':
      return undefined;
  }
}

/** Of alternatives each must have some. */
function ofAny(alternatives: readonly (readonly string[] | undefined)[]): readonly string[] | undefined {
  const known = alternatives.filter((literals) => literals !== undefined);
  return known.length === alternatives.length ? known.flat() : undefined;
}

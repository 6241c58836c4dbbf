import { compileTest, type MatcherCompiler } from './compile-test.js';
import type { Observation, StixObject } from './observation.js';
import type { Comparison } from './pattern-ast.js';
import { selectValues } from './select-values.js';
import type { Steps } from './steps.js';

/** Whether one object of an observation meets a comparison expression. @throws StixPatternError */
export type ObjectTest = (object: StixObject, observation: Observation, steps: Steps) => boolean;

/**
 * Compiles what stands between an observation's brackets. AND is met where one object meets all operands; a comparison is met where one of the values that
 * its path leads to meets it, negated or not, and not where the path leads nowhere.
 * @throws StixPatternError
 */
export function compileComparison(comparison: Comparison, compile: MatcherCompiler): ObjectTest {
  if ('operands' in comparison) {
    const tests = comparison.operands.map((operand) => compileComparison(operand, compile));
    if (comparison.kind === 'and') return (...seen) => tests.every((test) => test(...seen));
    return (...seen) => tests.some((test) => test(...seen));
  }
  const { type, steps: path } = comparison.path;
  const test = compileTest(comparison, compile);
  const isAbsence = comparison.kind === 'exists' && comparison.negated;
  return (object, observation, steps) => {
    steps.spend(1);
    if (object['type'] !== type) return false;
    const values = selectValues(object, path, observation, steps);
    return isAbsence ? values.length === 0 : values.some((value) => test(value, steps));
  };
}

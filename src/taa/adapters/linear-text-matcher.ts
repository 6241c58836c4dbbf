import { compileProgram, type LinearProgram, PatternBoundError } from '../../platform/patterns/linear-program.js';
import type { MatcherCompiler } from '../domain/stix/compile-test.js';
import { StixPatternError } from '../domain/stix/stix-pattern-error.js';

/**
 * Compiles a regular expression of a STIX pattern with RE2, whose time is linear in the text whatever the pattern.
 * @throws StixPatternError where it is none, is longer or needs more instructions than is allowed, or looks around or refers back.
 */
export const compileLinearMatcher: MatcherCompiler = (source) => {
  const program = compileBounded(source);
  if (program === undefined) {
    throw new StixPatternError(`not a regular expression, or one that looks around or refers back: ${source.slice(0, 200)}`);
  }
  return program;
};

function compileBounded(source: string): LinearProgram | undefined {
  try {
    return compileProgram(source);
  } catch (error) {
    throw error instanceof PatternBoundError ? new StixPatternError(error.message) : error;
  }
}

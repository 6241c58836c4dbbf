import { RE2JS } from 're2js';
import type { MatcherCompiler } from '../domain/stix/compile-test.js';
import { StixPatternError } from '../domain/stix/stix-pattern-error.js';

const MAX_SOURCE = 4_096;

/**
 * Compiles a regular expression of a STIX pattern with RE2, whose time is linear in the text whatever the pattern.
 * @throws StixPatternError where it is none, is longer than 4,096 characters, or looks around or refers back.
 */
export const compileLinearMatcher: MatcherCompiler = (source) => {
  if (source.length > MAX_SOURCE) throw new StixPatternError(`a regular expression is longer than ${MAX_SOURCE} characters`);
  try {
    const compiled = RE2JS.compile(source);
    return (text) => compiled.test(text);
  } catch {
    throw new StixPatternError(`not a regular expression, or one that looks around or refers back: ${source.slice(0, 200)}`);
  }
};

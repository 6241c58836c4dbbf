import { compileProgram, type LinearProgram, PatternBoundError } from '../../platform/patterns/linear-program.js';
import { backtrackingCost } from '../domain/sigma/backtracking-cost.js';
import { literalsOf } from '../domain/sigma/pattern-literals.js';
import { SigmaError } from '../domain/sigma/sigma-error.js';
import type { PatternCompiler, PatternFlags, TextPattern } from '../domain/sigma/text-pattern.js';

/** Longest text that a backtracking pattern is run on; such patterns are those that look around or refer back. */
const MAX_BACKTRACKING_TEXT = 4_096;
/** Most steps of such a pattern on such a text, as a power of 2: a second or two. */
const MAX_STEPS = 28;
const LEADING_FLAGS = /^\(\?([ims]+)\)/;

/**
 * Compiles a regular expression with RE2, whose time is linear in the text whatever the pattern: the only engine for what a tenant writes. What RE2
 * cannot express (look-around, back-references) is refused; where it could be slow besides, with what it could cost. @throws SigmaError, also where the
 * program is larger than is allowed
 */
export const compileLinearPattern: PatternCompiler = (source, flags) => {
  const program = compileBounded(source, flags);
  if (program) return patternOf(source, flags, program);
  compileBacktracking(source, flags);
  throw new SigmaError(`the pattern looks around or refers back, which is not offered: ${source.slice(0, 200)}`);
};

/**
 * The same for rules that the operator has put in place. The few patterns that RE2 cannot express run on the language's own engine, and only on the
 * first 4,096 characters of a text; those that could take long even there are refused with what they could cost. @throws SigmaError
 */
export const compileOperatorPattern: PatternCompiler = (source, flags) =>
  patternOf(source, flags, compileBounded(source, flags) ?? compileBacktracking(source, flags));

function patternOf(source: string, flags: PatternFlags, program: LinearProgram): TextPattern {
  return { key: `${flagLetters(flags)}/${source}`, literals: literalsOf(source), ...program };
}

function compileBounded(source: string, flags: PatternFlags): LinearProgram | undefined {
  try {
    return compileProgram(source, flags);
  } catch (error) {
    throw error instanceof PatternBoundError ? new SigmaError(error.message) : error;
  }
}

function compileBacktracking(source: string, flags: PatternFlags): LinearProgram {
  const inline = LEADING_FLAGS.exec(source);
  const letters = new Set([...flagLetters(flags), ...(inline?.[1] ?? '')]);
  const plain = inline === null ? source : source.slice(inline[0].length);
  let compiled: RegExp;
  try {
    compiled = new RegExp(plain, [...letters].join(''));
  } catch {
    throw new SigmaError(`the pattern cannot be compiled: ${source.slice(0, 200)}`);
  }
  refuseSlow(plain);
  return {
    size: source.length,
    matches: (text) => compiled.test(text.length > MAX_BACKTRACKING_TEXT ? text.slice(0, MAX_BACKTRACKING_TEXT) : text),
  };
}

function refuseSlow(source: string): void {
  const cost = backtrackingCost(source, MAX_BACKTRACKING_TEXT);
  if (cost <= MAX_STEPS) return;
  const steps = cost === Infinity ? 'exponentially many steps' : `10^${Math.round(cost * Math.LOG10E * Math.LN2)} steps`;
  throw new SigmaError(
    `the pattern looks around or refers back, and could take ${steps} on ${MAX_BACKTRACKING_TEXT} characters: ${source.slice(0, 200)}`,
  );
}

function flagLetters(flags: PatternFlags): string {
  return `${flags.ignoreCase ? 'i' : ''}${flags.multiline ? 'm' : ''}${flags.dotAll ? 's' : ''}`;
}

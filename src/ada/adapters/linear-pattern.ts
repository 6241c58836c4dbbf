import { RE2JS } from 're2js';
import { backtrackingCost } from '../domain/sigma/backtracking-cost.js';
import { literalsOf } from '../domain/sigma/pattern-literals.js';
import { SigmaError } from '../domain/sigma/sigma-error.js';
import type { PatternCompiler, PatternFlags, TextPattern } from '../domain/sigma/text-pattern.js';

const MAX_SOURCE = 4_096;
/** Longest text that a backtracking pattern is run on; such patterns are those that look around or refer back. */
const MAX_BACKTRACKING_TEXT = 4_096;
/** Most steps of such a pattern on such a text, as a power of 2: a second or two. */
const MAX_STEPS = 28;
const LEADING_FLAGS = /^\(\?([ims]+)\)/;

/**
 * Compiles a regular expression with RE2, whose time is linear in the text whatever the pattern: the only engine for what a tenant writes. What RE2
 * cannot express (look-around, back-references) is refused; where it could be slow besides, with what it could cost. @throws SigmaError
 */
export const compileLinearPattern: PatternCompiler = (source, flags) => {
  const matches = compileRe2(bounded(source), flags);
  if (matches) return patternOf(source, flags, matches);
  compileBacktracking(source, flags);
  throw new SigmaError(`the pattern looks around or refers back, which is not offered: ${source.slice(0, 200)}`);
};

/**
 * The same for rules that the operator has put in place. The few patterns that RE2 cannot express run on the language's own engine, and only on the
 * first 4,096 characters of a text; those that could take long even there are refused with what they could cost. @throws SigmaError
 */
export const compileOperatorPattern: PatternCompiler = (source, flags) =>
  patternOf(source, flags, compileRe2(bounded(source), flags) ?? compileBacktracking(source, flags));

function bounded(source: string): string {
  if (source.length > MAX_SOURCE) throw new SigmaError(`a pattern is longer than ${MAX_SOURCE} characters`);
  return source;
}

function patternOf(source: string, flags: PatternFlags, matches: (text: string) => boolean): TextPattern {
  return { key: `${flagLetters(flags)}/${source}`, literals: literalsOf(source), matches };
}

function compileRe2(source: string, flags: PatternFlags): ((text: string) => boolean) | undefined {
  const bits =
    (flags.ignoreCase ? RE2JS.CASE_INSENSITIVE : 0) | (flags.multiline ? RE2JS.MULTILINE : 0) | (flags.dotAll ? RE2JS.DOTALL : 0);
  try {
    const compiled = RE2JS.compile(source, bits);
    return (text) => compiled.test(text);
  } catch {
    return undefined;
  }
}

function compileBacktracking(source: string, flags: PatternFlags): (text: string) => boolean {
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
  return (text) => compiled.test(text.length > MAX_BACKTRACKING_TEXT ? text.slice(0, MAX_BACKTRACKING_TEXT) : text);
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

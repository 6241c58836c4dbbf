import { RE2JS } from 're2js';
import { patternSize } from '../../events/pattern-size.js';

/** How a pattern is read. */
export interface ProgramFlags {
  readonly ignoreCase?: boolean;
  readonly multiline?: boolean;
  readonly dotAll?: boolean;
}

/** A pattern that RE2 runs: in time that is linear in the text whatever the pattern, and at worst in the product of the text and the program. */
export interface LinearProgram {
  /** Instructions that it has at most. */
  readonly size: number;
  /** True where it is found anywhere in the text. */
  matches(text: string): boolean;
}

/** A pattern costs more than is allowed; the message says how much. */
export class PatternBoundError extends Error {}

const MAX_SOURCE = 4_096;
/** Compiling as many takes some tens of milliseconds, and running them at worst some 25 ns each for each character. */
const MAX_INSTRUCTIONS = 10_000;

/**
 * Compiles a regular expression that anybody may have written; `undefined` where RE2 cannot express it, or it is none.
 * @throws PatternBoundError where it is longer than 4,096 characters or needs more than 10,000 instructions, before it is compiled.
 */
export function compileProgram(source: string, flags: ProgramFlags = {}): LinearProgram | undefined {
  if (source.length > MAX_SOURCE) throw new PatternBoundError(`a pattern is longer than ${MAX_SOURCE} characters`);
  const size = patternSize(source, flags.ignoreCase);
  if (size > MAX_INSTRUCTIONS) {
    throw new PatternBoundError(`a pattern needs ${size} instructions, more than ${MAX_INSTRUCTIONS}: ${source.slice(0, 200)}`);
  }
  const bits =
    (flags.ignoreCase ? RE2JS.CASE_INSENSITIVE : 0) | (flags.multiline ? RE2JS.MULTILINE : 0) | (flags.dotAll ? RE2JS.DOTALL : 0);
  try {
    const compiled = RE2JS.compile(source, bits);
    return { size, matches: (text) => compiled.test(text) };
  } catch {
    return undefined;
  }
}

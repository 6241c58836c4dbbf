import fc from 'fast-check';
import { Problem } from '../../src/platform/problems/problem.js';

/** A parser of what comes from outside: texts to begin with, and what it may throw. */
export interface FuzzedParser {
  readonly name: string;
  readonly seeds: readonly string[];
  readonly parse: (text: string) => unknown;
  readonly throws?: new (...parts: never[]) => Error;
}

const SPICE = [
  '"',
  '\\',
  '\u0000',
  '\ud800',
  '\u2028',
  '{',
  '[',
  '}',
  ']',
  ',',
  ':',
  '/',
  '%',
  '\r\n',
  '__proto__',
  '1e999',
  '-0',
  '٣',
  '😀',
  ' '.repeat(300),
];

/** Texts near what a parser expects: a seed with pieces cut out, doubled, put in and exchanged; and texts of any kind. */
export function nearly(seeds: readonly string[]): fc.Arbitrary<string> {
  const piece = fc.oneof(fc.constantFrom(...SPICE), fc.string({ unit: 'binary', maxLength: 4 }));
  const edit = fc.tuple(fc.nat(), fc.nat(12), piece, fc.constantFrom('cut', 'double', 'put', 'exchange'));
  const edited = fc.tuple(fc.constantFrom(...seeds), fc.array(edit, { maxLength: 6 })).map(([seed, edits]) => {
    let text = seed;
    for (const [place, length, put, how] of edits) {
      const at = text.length === 0 ? 0 : place % (text.length + 1);
      const taken = text.slice(at, at + length);
      const replacement = { cut: '', double: taken + taken, put: put + taken, exchange: put }[how];
      text = text.slice(0, at) + replacement + text.slice(at + length);
    }
    return text;
  });
  return fc.oneof({ weight: 4, arbitrary: edited }, { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 300 }) });
}

/** What one text may cost, in milliseconds of CPU time of this thread: what other processes do meanwhile is no cost of its. */
export const MOST_MS = 5;
/** How often a text that took longer is tried again: collecting garbage falls to whichever text comes then, what the text costs it costs each time. */
const TRIES = 5;

/**
 * Runs a parser on so many texts, each of which may cost `MOST_MS`; answers the milliseconds that the slowest cost.
 * @throws Error where it throws what it may not, or where a text is too slow, with the text.
 */
export function fuzz(parser: FuzzedParser, numRuns: number): number {
  let slowest = 0;
  const check = (text: string): void => {
    let cost = Number.POSITIVE_INFINITY;
    for (let n = 0; n < TRIES && cost >= MOST_MS; n++) cost = Math.min(cost, costOf(parser, text));
    if (cost >= MOST_MS) throw new Error(`${parser.name} took ${cost.toFixed(1)} ms`);
    slowest = Math.max(slowest, cost);
  };
  fc.assert(fc.property(nearly(parser.seeds), check), { numRuns });
  return slowest;
}

function costOf({ name, parse, throws }: FuzzedParser, text: string): number {
  const started = process.threadCpuUsage();
  try {
    parse(text);
  } catch (error) {
    if (throws === undefined || !(error instanceof throws)) throw new Error(`${name} threw`, { cause: error });
    if (error instanceof Problem && error.status >= 500) throw error;
  }
  const { user, system } = process.threadCpuUsage(started);
  return (user + system) / 1_000;
}

/** What a class of characters costs, and where it ends. */
export interface ClassSize {
  readonly end: number;
  /** Instructions, and what its ranges add to them. */
  readonly size: number;
  /** What reading it takes once. */
  readonly reading: number;
}

/** Ranges that are as much work as an instruction, and characters of which each is looked up where case does not matter. */
const RANGES_PER_INSTRUCTION = 8;
const LOOKUPS_PER_INSTRUCTION = 64;
/** Ranges of the widest classes that have a name, as letters or what is no letter. */
const NAMED_RANGES = 700;
const PERL_RANGES = 4;
const ESCAPE = /\\(?:x\{([\dA-Fa-f]{1,6})\}|x([\dA-Fa-f]{2})|([0-7]{1,3})|([pP](?:\{[^}]*\}|[^]))|([dDsSwW])|[^])?/y;
const POSIX = /\[:\^?\w+:\]/y;

interface Member {
  readonly end: number;
  /** Ranges of a named class; 0 for a character. */
  readonly ranges: number;
  readonly code: number;
}

/** The cost of an escape that stands outside of brackets. */
export function skipEscape(source: string, at: number): ClassSize {
  const { end, ranges } = escapeAt(source, at);
  return { end, size: instructions(ranges), reading: 0 };
}

/** The cost of a class in brackets that begins at a place; one that is not closed reaches to the end. */
export function classSize(source: string, begin: number, folds: boolean): ClassSize {
  let at = begin + (source[begin + 1] === '^' ? 2 : 1);
  let [ranges, reading, isFirst] = [0, 0, true];
  while (at < source.length && (isFirst || source[at] !== ']')) {
    isFirst = false;
    const low = memberAt(source, at);
    at = low.end;
    if (low.ranges > 0) {
      ranges += low.ranges;
      continue;
    }
    const high = source[at] === '-' && source[at + 1] !== ']' ? memberAt(source, at + 1) : low;
    at = high.end;
    const width = Math.max(0, high.code - low.code);
    ranges += folds ? 2 + Math.min(NAMED_RANGES, width / 2) : 1;
    if (folds) reading += width / LOOKUPS_PER_INSTRUCTION;
  }
  return { end: at + 1, size: instructions(ranges), reading: Math.ceil(reading) };
}

function instructions(ranges: number): number {
  return 1 + Math.floor(ranges / RANGES_PER_INSTRUCTION);
}

function memberAt(source: string, at: number): Member {
  POSIX.lastIndex = at;
  const posix = POSIX.exec(source);
  if (posix !== null) return { end: at + posix[0].length, ranges: PERL_RANGES, code: 0 };
  if (source[at] === '\\') return escapeAt(source, at);
  const code = source.codePointAt(at) ?? 0;
  return { end: at + (code > 0xffff ? 2 : 1), ranges: 0, code };
}

function escapeAt(source: string, at: number): Member {
  ESCAPE.lastIndex = at;
  const [whole = '\\', braced, short, octal, named, perl] = ESCAPE.exec(source) ?? [];
  const ranges = named === undefined ? (perl === undefined ? 0 : PERL_RANGES) : NAMED_RANGES;
  const digits = braced ?? short;
  const code = digits === undefined ? (octal === undefined ? whole.charCodeAt(1) : parseInt(octal, 8)) : parseInt(digits, 16);
  return { end: at + whole.length, ranges, code };
}

/** How often parts of a pattern can match a text in more than one way. */
interface Choices {
  /** Parts, one after another, that repeat without bound: each has as many ways as the text has characters. Infinite where one is inside another. */
  readonly unbounded: number;
  /** Logarithm to base 2 of the ways that all other choices have together. */
  readonly bounded: number;
}

interface Reader {
  readonly source: string;
  at: number;
  depth: number;
}

const MAX_DEPTH = 100;
const NONE: Choices = { unbounded: 0, bounded: 0 };
const GROUP = /\((?:\?(?:<?[=!]|:|<\w{1,64}>)|)/y;
const LOOK = /^\(\?<?[=!]/;
const SIGNS = new Map([
  ['*', { least: 0, most: Infinity }],
  ['+', { least: 1, most: Infinity }],
  ['?', { least: 0, most: 1 }],
]);
const TIMES = /\{(\d{1,5})(,(\d{0,5}))?\}/y;

/**
 * A bound on the steps of an engine that backtracks over a text of this length, as logarithm to base 2; infinite where they grow exponentially with the
 * text, or groups are nested more than 100 deep. It counts what may be tried, not what would be: a pattern that is below a bound is below it on every
 * text, while one above it may be fast on all of them.
 * @param source a pattern that compiles
 */
export function backtrackingCost(source: string, length: number): number {
  const { unbounded, bounded } = readAlternatives({ source, at: 0, depth: 0 });
  const starts = source.startsWith('^') && !source.includes('|') ? 0 : 1;
  return (unbounded + starts) * Math.log2(length) + bounded;
}

function readAlternatives(reader: Reader): Choices {
  const all = [readSequence(reader)];
  while (reader.source[reader.at] === '|') {
    reader.at++;
    all.push(readSequence(reader));
  }
  return {
    unbounded: Math.max(...all.map(({ unbounded }) => unbounded)),
    bounded: Math.max(...all.map(({ bounded }) => bounded)) + Math.log2(all.length),
  };
}

/** What is looked ahead for or behind is tried once and not gone back into, so that of several only the worst counts. */
function readSequence(reader: Reader): Choices {
  const { source } = reader;
  let [all, worst] = [NONE, NONE];
  while (reader.at < source.length && source[reader.at] !== '|' && source[reader.at] !== ')') {
    const looks = LOOK.test(source.slice(reader.at, reader.at + 4));
    const part = repeat(reader, readAtom(reader));
    if (looks) worst = { unbounded: Math.max(worst.unbounded, part.unbounded), bounded: Math.max(worst.bounded, part.bounded) };
    else all = together(all, part);
  }
  return together(all, worst);
}

function together(one: Choices, other: Choices): Choices {
  return { unbounded: one.unbounded + other.unbounded, bounded: one.bounded + other.bounded };
}

function readAtom(reader: Reader): Choices {
  const { source } = reader;
  const character = source[reader.at];
  if (character === '(') {
    GROUP.lastIndex = reader.at;
    reader.at += GROUP.exec(source)?.[0].length ?? 1;
    if (++reader.depth > MAX_DEPTH) return giveUp(reader);
    const inner = readAlternatives(reader);
    reader.depth--;
    reader.at++;
    return inner;
  }
  if (character === '[') skipClass(reader);
  reader.at += character === '\\' ? 2 : 1;
  return NONE;
}

function giveUp(reader: Reader): Choices {
  reader.at = reader.source.length;
  return { unbounded: Infinity, bounded: 0 };
}

/** Leaves the reader at the bracket that closes the class. */
function skipClass(reader: Reader): void {
  const { source } = reader;
  for (reader.at++; reader.at < source.length && source[reader.at] !== ']'; reader.at++) if (source[reader.at] === '\\') reader.at++;
}

function repeat(reader: Reader, part: Choices): Choices {
  const times = readTimes(reader);
  if (times === undefined) return part;
  const { least, most } = times;
  if (reader.source[reader.at] === '?') reader.at++;
  if (most === Infinity) return endless(part);
  if (most === 0) return NONE;
  return { unbounded: part.unbounded * most, bounded: part.bounded * most + Math.log2(Math.max(1, most - least + 1)) };
}

/** How often the part before is to be there at least and at most; `undefined` where nothing is said of that. */
function readTimes(reader: Reader): { readonly least: number; readonly most: number } | undefined {
  const sign = SIGNS.get(reader.source[reader.at] ?? '');
  if (sign !== undefined) {
    reader.at++;
    return sign;
  }
  TIMES.lastIndex = reader.at;
  const counted = TIMES.exec(reader.source);
  if (counted === null) return undefined;
  const [whole, least = '', range, most = ''] = counted;
  reader.at += whole.length;
  if (range === undefined) return { least: Number(least), most: Number(least) };
  return { least: Number(least), most: most === '' ? Infinity : Number(most) };
}

function endless({ unbounded, bounded }: Choices): Choices {
  return { unbounded: unbounded + bounded > 0 ? Infinity : 1, bounded: 0 };
}

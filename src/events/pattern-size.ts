import { skipEscape, type ClassSize, classSize } from './pattern-class-size.js';

/** What is read of one group: the instructions of what is finished in it, and those of the part that a repetition would repeat. */
interface Group {
  done: number;
  last: number;
  readonly isCapture: boolean;
}

interface Reader {
  readonly source: string;
  readonly folds: boolean;
  at: number;
  /** Steps that reading the classes takes, once, in the measure of an instruction. */
  reading: number;
  readonly open: Group[];
  group: Group;
}

const FRAME = 2;
const CAPTURE = 2;
const FOLDS = /\(\?[A-Za-z-]*i/;
const FLAGS = /\(\?[A-Za-z-]*\)/y;
const GROUP = /\((?:\?(?:P?<\w*>|<?[=!]|[A-Za-z-]*:))?/y;
const TIMES = /\{(0|[1-9]\d{0,7})(?:(,)(0|[1-9]\d{0,7})?)?\}/y;

/**
 * The most instructions that the program of a regular expression (RE2 syntax) has, from its source alone and in time that is linear in it: repetitions of
 * a bounded number are as many copies of what they repeat. Classes count one instruction and one more for each eight ranges, and what is wide to read in
 * them is counted besides, as both take time like instructions. Of a source that is no regular expression any number.
 */
export function patternSize(source: string, ignoreCase = false): number {
  const folds = ignoreCase || FOLDS.test(source);
  const reader: Reader = { source, folds, at: 0, reading: 0, open: [], group: groupOf(false) };
  while (reader.at < source.length) readPart(reader);
  while (reader.open.length > 0) close(reader);
  return FRAME + reader.reading + sizeOf(reader.group);
}

function groupOf(isCapture: boolean): Group {
  return { done: 0, last: 0, isCapture };
}

function sizeOf({ done, last, isCapture }: Group): number {
  return done + Math.max(1, last) + (isCapture ? CAPTURE : 0);
}

function readPart(reader: Reader): void {
  const { source, group } = reader;
  switch (source.charAt(reader.at)) {
    case '(':
      return open(reader);
    case ')':
      reader.at++;
      return close(reader);
    case '|':
      reader.at++;
      group.done += Math.max(1, group.last) + 1;
      group.last = 0;
      return;
    case '[':
      return addClass(reader, classSize(source, reader.at, reader.folds));
    case '\\':
      return readEscape(reader);
    case '*':
    case '+':
    case '?':
      reader.at++;
      group.last += 2;
      return;
    case '{':
      return readTimes(reader);
    default:
      reader.at++;
      return add(group, 1);
  }
}

function add(group: Group, size: number): void {
  group.done += group.last;
  group.last = size;
}

function addClass(reader: Reader, { end, size, reading }: ClassSize): void {
  reader.at = end;
  reader.reading += reading;
  add(reader.group, size);
}

/** Flags that stand alone are no part: what follows repeats the part before them. */
function open(reader: Reader): void {
  const flags = lengthAt(FLAGS, reader);
  if (flags > 0) {
    reader.at += flags;
    return;
  }
  const length = lengthAt(GROUP, reader);
  const text = reader.source.slice(reader.at, reader.at + length);
  reader.at += length;
  reader.open.push(reader.group);
  reader.group = groupOf(text === '(' || text.endsWith('>'));
}

function close(reader: Reader): void {
  const outer = reader.open.pop();
  if (outer === undefined) return;
  add(outer, sizeOf(reader.group));
  reader.group = outer;
}

/** A quotation that is empty is no part either. */
function readEscape(reader: Reader): void {
  const { source, at, group } = reader;
  if (source[at + 1] !== 'Q') return addClass(reader, skipEscape(source, at));
  const end = source.indexOf('\\E', at + 2);
  const length = (end < 0 ? source.length : end) - at - 2;
  reader.at = end < 0 ? source.length : end + 2;
  if (length === 0) return;
  add(group, length - 1);
  add(group, 1);
}

/** A brace that says no number of times is a character. */
function readTimes(reader: Reader): void {
  const { group, source } = reader;
  TIMES.lastIndex = reader.at;
  const times = TIMES.exec(source);
  if (times === null) {
    reader.at++;
    return add(group, 1);
  }
  const least = Number(times[1]);
  const most = times[3] === undefined ? least : Number(times[3]);
  const isEndless = times[2] !== undefined && times[3] === undefined;
  reader.at += times[0].length;
  group.last = Math.max(1, most * group.last + (isEndless ? (least === 0 ? group.last + 2 : 2) : Math.max(0, most - least)));
}

function lengthAt(pattern: RegExp, { source, at }: Reader): number {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0].length ?? 0;
}

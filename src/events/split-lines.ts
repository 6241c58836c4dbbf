import type { EventSlice } from './event-slice.js';

const LF = 0x0a;
const SPACE = 0x20;

/**
 * Finds the events of an NDJSON body: the byte range of every line that is not blank, without surrounding blanks and
 * carriage returns. A byte order mark at the start and a missing line feed at the end are tolerated.
 * Bytes are looked at, not characters: no byte of a UTF-8 sequence can be mistaken for a line feed.
 * @param most where there are more, one more is answered and the rest not looked for.
 */
export function splitLines(body: Buffer, most = Infinity): EventSlice[] {
  const slices: EventSlice[] = [];
  for (let start = nextLine(body, afterByteOrderMark(body)); start < body.length && slices.length <= most;) {
    const lineEnd = endOfLine(body, start);
    let end = lineEnd;
    while (isBlank(body[end - 1])) end -= 1;
    slices.push({ index: slices.length, start, end });
    start = nextLine(body, lineEnd);
  }
  return slices;
}

/** Counts the lines that `splitLines` would return, without building them. */
export function countLines(body: Buffer, most = Infinity): number {
  let count = 0;
  for (let at = nextLine(body, afterByteOrderMark(body)); at < body.length && count <= most; count += 1) {
    at = nextLine(body, endOfLine(body, at));
  }
  return count;
}

/** Position of the first byte that is not part of a UTF-8 byte order mark. */
export function afterByteOrderMark(body: Buffer): number {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0;
}

function endOfLine(body: Buffer, from: number): number {
  const at = body.indexOf(LF, from);
  return at === -1 ? body.length : at;
}

/** Position of the next byte that is neither blank nor a line feed. */
function nextLine(body: Buffer, from: number): number {
  let at = from;
  while (body[at] === LF || isBlank(body[at])) at += 1;
  return at;
}

function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === 0x0d || byte === 0x09;
}

import type { EventSlice } from './event-slice.js';

const LF = 0x0a;
const SPACE = 0x20;

/**
 * Finds the events of an NDJSON body: the byte range of every line that is not blank, without surrounding blanks and
 * carriage returns. A byte order mark at the start and a missing line feed at the end are tolerated.
 * Bytes are looked at, not characters: no byte of a UTF-8 sequence can be mistaken for a line feed.
 */
export function splitLines(body: Buffer): EventSlice[] {
  const slices: EventSlice[] = [];
  let lineStart = afterByteOrderMark(body);
  while (lineStart < body.length) {
    const lineEnd = endOfLine(body, lineStart);
    let start = lineStart;
    let end = lineEnd;
    while (start < end && isBlank(body[start])) start += 1;
    while (end > start && isBlank(body[end - 1])) end -= 1;
    if (start < end) slices.push({ index: slices.length, start, end });
    lineStart = lineEnd + 1;
  }
  return slices;
}

/** Counts the lines that `splitLines` would return, without building them. */
export function countLines(body: Buffer): number {
  let count = 0;
  let lineStart = afterByteOrderMark(body);
  while (lineStart < body.length) {
    const lineEnd = endOfLine(body, lineStart);
    let start = lineStart;
    while (start < lineEnd && isBlank(body[start])) start += 1;
    if (start < lineEnd) count += 1;
    lineStart = lineEnd + 1;
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

function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === 0x0d || byte === 0x09;
}

import { isAscii, isUtf8 } from 'node:buffer';
import type { EventSlice } from '../../events/event-slice.js';

/**
 * How slices of a body become text. Plain ASCII, which most telemetry is, is decoded once: offsets in bytes and characters are the same.
 * What is not UTF-8 has no text.
 */
export function textReader(body: Buffer): (slice: EventSlice) => string | undefined {
  if (isAscii(body)) {
    const text = body.toString('latin1');
    return ({ start, end }) => text.slice(start, end);
  }
  if (isUtf8(body)) return ({ start, end }) => body.toString('utf8', start, end);
  return ({ start, end }) => (isUtf8(body.subarray(start, end)) ? body.toString('utf8', start, end) : undefined);
}

import { isAscii, isUtf8 } from 'node:buffer';
import type { EventSlice } from '../../events/event-slice.js';

/** A text of megabytes is collected with all that is old, which holds up the thread; larger bodies are decoded event by event. */
const LARGEST_TEXT = 1024 * 1024;

/**
 * How slices of a body become text. Plain ASCII, which most telemetry is, is decoded once: offsets in bytes and characters are the same.
 * What is not UTF-8 has no text.
 */
export function textReader(body: Buffer): (slice: EventSlice) => string | undefined {
  if (isAscii(body)) {
    if (body.length > LARGEST_TEXT) return ({ start, end }) => body.toString('latin1', start, end);
    const text = body.toString('latin1');
    return ({ start, end }) => text.slice(start, end);
  }
  if (isUtf8(body)) return ({ start, end }) => body.toString('utf8', start, end);
  return ({ start, end }) => (isUtf8(body.subarray(start, end)) ? body.toString('utf8', start, end) : undefined);
}

import { EnvelopeError } from './envelope-error.js';
import type { EventSlice } from './event-slice.js';
import { JsonByteScanner } from './json-byte-scanner.js';

const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const QUOTE = 0x22;

/** What an ingest envelope holds: its declared source and where each event lies in the body. */
export interface Envelope {
  readonly source: string | undefined;
  readonly slices: EventSlice[];
}

/**
 * Takes `{"source": "…", "events": [ … ]}` apart without parsing the events, so that each can be kept byte for byte as it
 * was sent. The envelope itself is checked in full. An element is only delimited: one that is broken inside but keeps its
 * brackets balanced is left for `parseEvent` to reject by itself.
 * @throws EnvelopeError when the envelope is not well formed, has unknown, repeated, missing or wrongly typed members, or more than `most` events.
 */
export function splitEnvelope(body: Buffer, most = Infinity): Envelope {
  const scanner = new JsonByteScanner(body);
  let source: string | undefined;
  let slices: EventSlice[] | undefined;
  const seen = new Set<string>();

  if (scanner.next() !== OPEN_BRACE) throw new EnvelopeError('not_an_object', 'the body must be a JSON object with an "events" array', '');
  scanner.take();
  for (let first = true; ; first = false) {
    if (first && scanner.next() === CLOSE_BRACE) break;
    const key = memberKey(scanner, seen);
    if (key === 'source') source = readSource(scanner);
    else slices = readEvents(scanner, most);
    if (scanner.next() === CLOSE_BRACE) break;
    expect(scanner, COMMA, '');
  }
  scanner.take();
  if (scanner.next() !== undefined) throw malformed('something follows the end of the JSON object', '');
  if (slices === undefined) throw new EnvelopeError('missing_field', 'the "events" array is missing', '/events');
  return { source, slices };
}

function memberKey(scanner: JsonByteScanner, seen: Set<string>): string {
  if (scanner.next() !== QUOTE) throw malformed('a member name was expected', '');
  const key = scanner.string();
  if (key === undefined) throw malformed('a member name is not a valid JSON string', '');
  const pointer = `/${pointerToken(key)}`;
  if (key !== 'source' && key !== 'events') throw new EnvelopeError('unknown_field', 'only "source" and "events" are known', pointer);
  if (seen.has(key)) throw new EnvelopeError('duplicate_field', `"${key}" is given more than once`, pointer);
  seen.add(key);
  scanner.next();
  expect(scanner, COLON, pointer);
  return key;
}

function readSource(scanner: JsonByteScanner): string {
  if (scanner.next() !== QUOTE) throw new EnvelopeError('invalid_type', '"source" must be a string', '/source');
  const source = scanner.string();
  if (source === undefined) throw malformed('"source" is not a valid JSON string', '/source');
  return source;
}

function readEvents(scanner: JsonByteScanner, most: number): EventSlice[] {
  if (scanner.next() !== OPEN_BRACKET) throw new EnvelopeError('invalid_type', '"events" must be an array', '/events');
  scanner.take();
  const slices: EventSlice[] = [];
  if (scanner.next() === CLOSE_BRACKET) {
    scanner.take();
    return slices;
  }
  for (;;) {
    const index = slices.length;
    if (index >= most) throw new EnvelopeError('too_many', `at most ${most} elements`, '/events');
    scanner.next();
    const start = scanner.position;
    const fault = scanner.skipElement();
    if (fault === 'too_deep') throw new EnvelopeError('too_deep', 'an element is nested too deeply to be delimited', `/events/${index}`);
    if (fault !== undefined) throw malformed('an element is missing, cut off, or has unbalanced brackets', `/events/${index}`);
    slices.push({ index, start, end: scanner.position });
    if (scanner.next() === CLOSE_BRACKET) break;
    if (scanner.next() !== COMMA) throw malformed(`',' was expected`, `/events/${index}`);
    scanner.take();
  }
  scanner.take();
  return slices;
}

function expect(scanner: JsonByteScanner, byte: number, pointer: string): void {
  if (scanner.next() !== byte) throw malformed(`'${String.fromCharCode(byte)}' was expected`, pointer);
  scanner.take();
}

function malformed(detail: string, pointer: string): EnvelopeError {
  return new EnvelopeError('malformed_json', detail, pointer);
}

/** A reference token of RFC 6901, cut so that an error never carries a body back. */
function pointerToken(key: string): string {
  return key.slice(0, 64).replaceAll('~', '~0').replaceAll('/', '~1');
}

import fc from 'fast-check';
import type { EventOrigin } from '../../../src/contracts/security-event.js';
import { LONG_WORDS, SECRETS } from './random-rules.js';
import { ORIGINS, type OriginName } from './random-sources.js';

/** An event: its origin, the fields it has, and how its JSON is written. */
export interface RandomEvent {
  readonly origin: OriginName;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Characters that its JSON has escaped though nothing asks for it. */
  readonly escaped: string;
}

const pick = fc.constantFrom;
const PIECES = [
  'a',
  'b',
  'A',
  'B',
  'ab',
  'abc',
  'C',
  'é',
  'É',
  ' -',
  ' /',
  ' \u2013',
  '\u2014',
  '\u2015',
  '*',
  '?',
  '\\',
  'k',
  '\u212A',
  'i',
  'İ',
  '7',
  'Σ',
  'ς',
  '"',
  '/',
  '\n',
  ' ',
];
const encoded = SECRETS.flatMap((text) =>
  [Buffer.from(text), Buffer.from(text, 'utf16le'), Buffer.from(text, 'utf16le').swap16(), Buffer.from(`\uFEFF${text}`, 'utf16le')].flatMap(
    (bytes) => [
      bytes.toString('latin1'),
      ...[0, 1, 2].map((shift) => Buffer.concat([Buffer.alloc(shift, 'x'), bytes, Buffer.from('y')]).toString('base64')),
      bytes.toString('base64'),
    ],
  ),
);
const TIMES = ['2026-02-03T03:59:00Z', '2026-02-03 03:59:59.5', '2021-01-02T00:00:00+02:00', '1770000000', '1770000000000', '2026-12-31'];
const ADDRESSES = [
  '10.255.0.1',
  '10.1.2.2',
  '192.168.7.9',
  '2001:DB8:7fff::1',
  'fe80::1',
  '::1',
  '::ffff:10.0.0.1',
  '10.0.0',
  '010.0.0.1',
  '1.2.3.256',
];
const NUMBERS = ['7', '7.0', '0x0b', ' 7 ', '-1', '1e1', '12x', '.5'];

const short = fc.array(pick(...PIECES), { maxLength: 5 }).map((pieces) => pieces.join(''));
const withWord = fc.tuple(short, pick(...LONG_WORDS), short).map((parts) => parts.join(''));
const option = fc
  .tuple(pick('', 'x', ' '), pick('-', '/', '\u2013', '\u2014', '\u2015'), pick('a', 'ab', 'b', 'a \u2014b'))
  .map((parts) => parts.join(''));
const text = fc.oneof(
  { weight: 6, arbitrary: short },
  { weight: 2, arbitrary: withWord },
  { weight: 1, arbitrary: withWord.map((whole) => whole.toUpperCase()) },
  { weight: 1, arbitrary: fc.tuple(pick('', 'a'.repeat(300), 'xy'.repeat(1_100)), withWord).map((parts) => parts.join('')) },
  { weight: 2, arbitrary: pick(...encoded) },
  { weight: 2, arbitrary: option },
  { weight: 1, arbitrary: pick(...TIMES) },
  { weight: 1, arbitrary: pick(...ADDRESSES) },
  { weight: 1, arbitrary: pick(...NUMBERS) },
);
const scalar = fc.oneof(
  { weight: 8, arbitrary: text },
  { weight: 2, arbitrary: pick<unknown>(7, 0, -1.5, 1e21, true, null, 1_770_000_000) },
);
const value = fc.oneof(
  { weight: 8, arbitrary: scalar },
  { weight: 2, arbitrary: fc.array(scalar, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.record({ x: scalar }) },
);

/** Events made of what random rules look for: texts short and long, encoded ones, numbers, addresses, times, lists, null, nothing. */
export const randomEvent: fc.Arbitrary<RandomEvent> = fc
  .record({
    origin: pick(...(Object.keys(ORIGINS) as OriginName[])),
    fields: fc.record(
      { f: value, g: value, h: value, long: withWord, n: fc.record({ x: value }), other: scalar },
      { requiredKeys: ['other'] },
    ),
    escaped: pick('', '', '', '/', 'b'),
  })
  .map((event): RandomEvent => {
    const origin: EventOrigin = ORIGINS[event.origin];
    return origin.eventId === undefined ? event : { ...event, fields: { ...event.fields, EventID: origin.eventId } };
  });

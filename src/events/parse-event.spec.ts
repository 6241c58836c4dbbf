import fc from 'fast-check';
import { EVENT_FORMATS } from '../contracts/security-event.js';
import { isRejection, parseEvent } from './parse-event.js';
import { ParsedEvent } from './parsed-event.js';
import { searchTerms } from './search-terms.js';

const receivedAt = Date.UTC(2026, 0, 2, 3, 4, 5);
const parse = (source: string): ReturnType<typeof parseEvent> => parseEvent(source, { index: 3, declared: 'auto', receivedAt });

function accepted(event: unknown): ParsedEvent {
  const result = parse(JSON.stringify(event));
  if (isRejection(result)) throw new Error(result.detail);
  return result;
}

/** Members that recognisers look at, so that arbitrary values get into every branch. */
const TELLING = [
  'EventID',
  'Channel',
  'Event',
  'System',
  'EventData',
  'UserData',
  'Data',
  'winlog',
  'event_data',
  'event_id',
  'log_name',
  'eventName',
  'eventSource',
  'userIdentity',
  '_path',
  'ts',
  'uid',
  'id',
  'event_type',
  'flow_id',
  'class_uid',
  'ecs',
  '@timestamp',
  'event',
  'message',
  'line',
  'Hashes',
  'UtcTime',
  'Computer',
  'TimeCreated',
  'Provider',
  'RecordNumber',
  'EventTime',
  'timestamp',
  'logsource',
  'product',
  '__proto__',
  'constructor',
  '#attributes',
  '#text',
];

function touch(event: ParsedEvent): void {
  for (const name of [
    'Image',
    'Provider_Name',
    'id.orig_h',
    'a.b.c',
    '__proto__',
    'constructor',
    'toString',
    'Event.System.EventID',
    '',
    '.',
  ])
    event.field(name);
  expect([...event.values()].every((value) => typeof value === 'string')).toBe(true);
  expect(searchTerms(event).every((term) => /^(?:host|user|ip|hash|process):./s.test(term))).toBe(true);
  expect(event.normalized.time).toBe(new Date(event.time).toISOString());
  expect(event.entities.every(({ value }) => typeof value === 'string' && value !== '')).toBe(true);
  expect(event.origin.key.length).toBeLessThan(256);
  expect(EVENT_FORMATS).toContain(event.format);
}

describe('parseEvent', () => {
  it.each([
    ['{"a":', 'malformed_json'],
    ['', 'malformed_json'],
    ['7', 'not_an_object'],
    ['null', 'not_an_object'],
    ['[{"a":1}]', 'not_an_object'],
    ['"Accepted password for root"', 'not_an_object'],
    ['{}', 'empty_object'],
    [`{"a":${'['.repeat(32)}${']'.repeat(32)}}`, 'too_deep'],
    [`{"a":"${'ä'.repeat(131_072)}"}`, 'too_large'],
    ['{"Records":[{"eventName":"a"}]}', 'unsupported_shape'],
  ])('rejects %.30s', (source, code) => {
    expect(parse(source)).toEqual({ index: 3, code, detail: expect.any(String) as string });
  });

  it('takes an event at the limits', () => {
    expect(isRejection(parse(`{"a":${'['.repeat(31)}${']'.repeat(31)}}`))).toBe(false);
    expect(isRejection(parse(`{"a":"${'x'.repeat(262_136)}"}`))).toBe(false);
    expect(isRejection(parse(`{"a":"${'x'.repeat(262_137)}"}`))).toBe(true);
  });

  it.each([
    ['windows', { message: 'no id' }],
    ['sysmon', { Event: { System: {} } }],
    ['cloudtrail', { EventID: 1 }],
    ['zeek', { EventID: 1 }],
    ['suricata', { a: 1 }],
    ['ecs', { a: 1 }],
    ['ocsf', { class_uid: 'x' }],
    ['linux-auth', { a: 1 }],
  ] as const)('rejects what %s events cannot be', (declared, event) => {
    expect(parseEvent(JSON.stringify(event), { index: 0, declared, receivedAt })).toMatchObject({ code: 'unsupported_shape' });
  });

  it('lets the arrival time stand in where no time is understood', () => {
    expect(accepted({ timestamp: 'yesterday' })).toMatchObject({ time: receivedAt, timeAssumed: true });
    expect(accepted({ timestamp: '1969-12-31T23:59:59Z' })).toMatchObject({ timeAssumed: true });
    expect(accepted({ timestamp: 1_700_000_000 })).toMatchObject({ time: 1_700_000_000_000, timeAssumed: false });
  });

  it('reads own members only', () => {
    const event = accepted({ a: 1 });
    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'a.constructor', '__proto__.toString']) {
      expect(event.field(name)).toBeUndefined();
    }
    const hostile = parse('{"__proto__":{"x":1},"constructor":"c","Event":{"__proto__":{"System":1}}}') as ParsedEvent;
    expect(hostile.field('constructor')).toBe('c');
    expect(hostile.field('__proto__.x')).toBe(1);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('keeps null apart from missing, and literal dotted names before nested ones', () => {
    const event = accepted({ a: null, 'b.c': 1, b: { c: 2, d: [{ e: 1 }, { e: [2, 3] }, 4, {}] } });
    expect(event.field('a')).toBeNull();
    expect(event.field('z')).toBeUndefined();
    expect(event.field('b.c')).toBe(1);
    expect(event.field('b.d.e')).toEqual([1, 2, 3]);
  });

  it('gives all scalars to keyword search', () => {
    expect([...accepted({ a: 'x', b: [1, { c: true }], d: null }).values()]).toEqual(['x', '1', 'true']);
  });

  it('routes by the log source that a generic event names', () => {
    const { origin, format } = accepted({ product: 'Nginx', category: 'webserver', message: 'GET /' });
    expect({ ...origin, format }).toEqual({ key: 'nginx//webserver', product: 'nginx', category: 'webserver', format: 'generic' });
    expect(accepted({ product: 'not a slug!' }).origin.product).toBeUndefined();
  });

  it('takes an explicit event_id for an identity', () => {
    expect(accepted({ event_id: 'e-1', x: 1 }).identity).toEqual({ stream: 'event_id', key: 'e-1' });
    expect(accepted({ x: 1 }).identity).toBeNull();
    expect(accepted({ event_id: 'x'.repeat(1000) }).identity).toBeNull();
  });

  it('keeps one origin object per origin', () => {
    expect(accepted({ EventID: 1, Channel: 'Security' }).origin).toBe(accepted({ EventID: '1', Channel: 'Security', x: 1 }).origin);
  });

  it('returns, whatever the text and the declared format', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), fc.constantFrom('auto', ...EVENT_FORMATS), (source, declared) => {
        const result = parseEvent(source, { index: 0, declared, receivedAt });
        if (!isRejection(result)) touch(result);
      }),
    );
  });

  it('returns for events with arbitrary values where recognisers look', () => {
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.oneof(
          fc.constantFrom<unknown>(null, 1, 4688, '4688', '', '-', '2024-01-01T00:00:00Z', 'CORP\\alice', 'SHA1=1,MD5'),
          fc.string(),
        ),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...TELLING), tie('tree'), { maxKeys: 6 }),
      ),
    }));
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...TELLING), tree, { maxKeys: 12 }),
        fc.constantFrom('auto', ...EVENT_FORMATS),
        (event, declared) => {
          const result = parseEvent(JSON.stringify(event), { index: 0, declared, receivedAt });
          if (!isRejection(result)) touch(result);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

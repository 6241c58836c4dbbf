import fc from 'fast-check';
import { EnvelopeError } from './envelope-error.js';
import { splitEnvelope } from './split-envelope.js';

const elements = (body: Buffer): string[] => splitEnvelope(body).slices.map(({ start, end }) => body.toString('utf8', start, end));

function fault(body: string): EnvelopeError {
  try {
    splitEnvelope(Buffer.from(body));
  } catch (error) {
    if (error instanceof EnvelopeError) return error;
    throw error;
  }
  throw new Error('the envelope was accepted');
}

/** Writes JSON with white space anywhere it may stand and, at random, with characters of strings escaped. */
function write(value: unknown, blanks: () => string, escape: boolean): string {
  const pad = (text: string): string => `${blanks()}${text}${blanks()}`;
  if (Array.isArray(value)) return pad(`[${value.length === 0 ? blanks() : value.map((item) => write(item, blanks, escape)).join(',')}]`);
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([name, item]) => `${pad(quote(name, escape))}:${write(item, blanks, escape)}`);
    return pad(`{${members.length === 0 ? blanks() : members.join(',')}}`);
  }
  return pad(typeof value === 'string' ? quote(value, escape) : JSON.stringify(value));
}

function quote(text: string, escape: boolean): string {
  if (!escape) return JSON.stringify(text);
  return `"${Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')}"`;
}

describe('splitEnvelope', () => {
  it('finds each element as it was sent, numbers unmangled', () => {
    const body = Buffer.from('\uFEFF{"source":"zeek", "events":[ {"n":-9223372036854775808, "m": 1.50} ,\n{"t":"]},\\"{"}, 7 ] }\n');
    expect(splitEnvelope(body).source).toBe('zeek');
    expect(elements(body)).toEqual(['{"n":-9223372036854775808, "m": 1.50}', '{"t":"]},\\"{"}', '7']);
  });

  it('takes members in any order, escaped names, and no events', () => {
    expect(splitEnvelope(Buffer.from(String.raw`{"\u0065vents":[],"source":"sysmon"}`))).toEqual({ source: 'sysmon', slices: [] });
    expect(splitEnvelope(Buffer.from('{"events":[]}')).source).toBeUndefined();
  });

  it('leaves a broken element with balanced brackets to be rejected by itself', () => {
    expect(elements(Buffer.from('{"events":[{"a":1},{"a" 1},nul,{"b":2}x]}'))).toEqual(['{"a":1}', '{"a" 1}', 'nul', '{"b":2}x']);
  });

  it.each([
    ['[]', 'not_an_object', ''],
    ['', 'not_an_object', ''],
    ['{}', 'missing_field', '/events'],
    ['{"source":"zeek"}', 'missing_field', '/events'],
    ['{"events":{}}', 'invalid_type', '/events'],
    ['{"events":null}', 'invalid_type', '/events'],
    ['{"source":1,"events":[]}', 'invalid_type', '/source'],
    ['{"events":[],"more/~":1}', 'unknown_field', '/more~1~0'],
    ['{"events":[],"events":[]}', 'duplicate_field', '/events'],
    ['{"events":[]', 'malformed_json', ''],
    ['{"events":[]}x', 'malformed_json', ''],
    ['{"events":[1', 'malformed_json', '/events/0'],
    ['{"events":[1,]}', 'malformed_json', '/events/1'],
    ['{"events":[1,,2]}', 'malformed_json', '/events/1'],
    ['{"events":[{]]}', 'malformed_json', '/events/0'],
    ['{"events":["a]}', 'malformed_json', '/events/0'],
    ['{"events" []}', 'malformed_json', '/events'],
    ['{"source":"\\x","events":[]}', 'malformed_json', '/source'],
    ['{events:[]}', 'malformed_json', ''],
    ['{"events":[],}', 'malformed_json', ''],
    [`{"events":[1,${'['.repeat(100_000)}`, 'too_deep', '/events/1'],
  ])('refuses %.40s', (body, code, pointer) => {
    expect(fault(body)).toMatchObject({ code, pointer });
  });

  it('finds elements that parse to what was written, for any JSON', () => {
    const blanks = fc.array(fc.constantFrom('', ' ', '\n', '\t', '\r\n '), { minLength: 1, maxLength: 7 });
    const arrays = fc.array(fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }), { maxLength: 6 });
    fc.assert(
      fc.property(arrays, fc.string(), blanks, fc.boolean(), fc.boolean(), (events, source, pads, escape, sourceFirst) => {
        let next = 0;
        const pad = (): string => pads[next++ % pads.length] ?? '';
        const members = [`"source"${pad()}:${write(source, pad, escape)}`, `"events"${pad()}:${write(events, pad, escape)}`];
        if (!sourceFirst) members.reverse();
        const body = Buffer.from(`${pad()}{${pad()}${members.join(`,${pad()}`)}${pad()}}${pad()}`);
        expect(elements(body).map((text): unknown => JSON.parse(text))).toEqual(JSON.parse(JSON.stringify(events)));
        expect(splitEnvelope(body).source).toBe(Buffer.from(source).toString() === source ? source : splitEnvelope(body).source);
      }),
    );
  });

  it('throws nothing but EnvelopeError, whatever the body', () => {
    const soup = fc.string({
      unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', ' ', '1', 'events', '"events":[', '"source":"'),
    });
    fc.assert(
      fc.property(fc.oneof(soup, fc.string(), fc.json()), (body) => {
        try {
          splitEnvelope(Buffer.from(body));
        } catch (error) {
          expect(error).toBeInstanceOf(EnvelopeError);
        }
      }),
    );
  });
});

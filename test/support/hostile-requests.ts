import fc from 'fast-check';
import type { ApiDocument, PlacedOperation } from './api-document.js';
import type { Schema } from '../../src/cli/probe/example-body.js';

/** A request as generated, before a credential is put on it. */
export interface GeneratedRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body?: string;
}

const NESTED = JSON.parse(`${'{"a":['.repeat(60)}1${']}'.repeat(60)}`) as unknown;
const POLLUTING = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}') as unknown;

const TEXTS = [
  '',
  ' ',
  '\u0000',
  'a\r\nb',
  '\ud800',
  '\u202e\u2028',
  "' OR 1=1 --",
  '${7*7}%s%n',
  '../../etc/passwd',
  'x'.repeat(5_000),
] as const;
const hostileText = fc.oneof(fc.constantFrom(...TEXTS), fc.string({ unit: 'binary', maxLength: 40 }));
const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  hostileText,
  fc.constantFrom<unknown>(null, true, [], {}, [[]], 0, -1, 1.5, 1e308, 2 ** 53, NESTED, POLLUTING),
  fc.jsonValue({ maxDepth: 2 }),
);
const wrongTime = fc.constantFrom(
  '2024-W01',
  '2024-366',
  '20260101T000000Z',
  '99999-01-01',
  '2026-02-30',
  'now',
  '0',
  '-1',
  '2026-01-01T00:00:00',
);
const hostileParameter = fc.oneof(
  hostileText,
  wrongTime,
  fc.constantFrom('1e9', '0', '-1', '0x10', 'NaN', 'null', '[]', 'W10', 'WyJhIiwxXQ', '999999999999999999999'),
);

/** Values that a schema allows. */
function allowed(schema: Schema & Readonly<Record<string, unknown>>, document: ApiDocument): fc.Arbitrary<unknown> {
  if (schema.$ref) return allowed(document.resolve(schema) as typeof schema, document);
  const inner = schema.allOf?.[0] ?? (schema['oneOf'] as Schema[] | undefined)?.[0];
  if (inner) return allowed(inner as typeof schema, document);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.type === 'object') return allowedObject(schema, document);
  const shown = schema.example === undefined ? [] : [fc.constant(schema.example)];
  if (schema.type === 'array')
    return fc.oneof(...shown, fc.array(allowed((schema.items ?? {}) as typeof schema, document), { maxLength: 3 }));
  if (schema.type === 'boolean') return fc.boolean();
  if (schema.type === 'integer') return fc.oneof(...shown, fc.integer({ min: Number(schema['minimum'] ?? 0), max: 1_000 }));
  if (schema.type === 'number') {
    const bounds = { min: Number(schema['minimum'] ?? 0), max: Number(schema['maximum'] ?? 1_000) };
    return fc.oneof(...shown, fc.double({ ...bounds, noNaN: true }));
  }
  const pattern = schema['pattern'];
  const text =
    typeof pattern === 'string'
      ? fc.stringMatching(new RegExp(pattern))
      : fc.string({ maxLength: Math.min(20, Number(schema['maxLength'] ?? 20)) });
  return fc.oneof(...shown, text);
}

function allowedObject(schema: Schema, document: ApiDocument): fc.Arbitrary<unknown> {
  const fields = Object.entries(schema.properties ?? {}).map(([name, field]) => [name, allowed(field as never, document)] as const);
  return fc.record(Object.fromEntries(fields) as Record<string, fc.Arbitrary<unknown>>, { requiredKeys: [...(schema.required ?? [])] });
}

/** A body that is allowed, or one with a wrong value or an unknown field at some place, or no JSON at all. */
function bodies(schema: Schema, document: ApiDocument): fc.Arbitrary<string> {
  const good = allowed(schema as never, document).map((value) => JSON.stringify(value));
  const bad = fc
    .tuple(allowed(schema as never, document), fc.nat(), hostileValue, fc.constantFrom('replace', 'remove', 'add', 'pollute'))
    .map(([value, place, hostile, how]) => JSON.stringify(spoiled(value, place, hostile, how)));
  const broken = fc.tuple(good, fc.nat(40)).map(([text, cut]) => text.slice(0, cut));
  return fc.oneof(
    { weight: 3, arbitrary: good },
    { weight: 6, arbitrary: bad },
    { weight: 1, arbitrary: broken },
    fc.constantFrom('null', '1', '[]', '[{}]', '\ufeff{}', '{"a":1e400}', '{"a":NaN}'),
  );
}

function spoiled(value: unknown, place: number, hostile: unknown, how: string): unknown {
  const copy = JSON.parse(JSON.stringify(value)) as unknown;
  const objects: Record<string, unknown>[] = [];
  const collect = (item: unknown): void => {
    if (typeof item !== 'object' || item === null) return;
    if (!Array.isArray(item)) objects.push(item as Record<string, unknown>);
    Object.values(item).forEach(collect);
  };
  collect(copy);
  const target = objects[place % Math.max(1, objects.length)];
  if (target === undefined) return hostile;
  const names = Object.keys(target);
  const name = names[place % Math.max(1, names.length)] ?? 'unknown';
  if (how === 'remove') delete target[name];
  else if (how === 'pollute') Object.defineProperty(target, '__proto__', { value: { polluted: 1 }, enumerable: true });
  else target[how === 'add' ? 'unknown_field' : name] = hostile;
  return copy;
}

const HEADERS: Readonly<Record<string, readonly (string | string[])[]>> = {
  'Idempotency-Key': ['', ' ', 'a b', 'x'.repeat(129), 'é', 'repeated', ['a', 'b']],
  'If-Match': ['*', '""', 'W/"1"', '"1", "2"', '-1', '9'.repeat(30), 'x'],
  'X-Tenant-ID': ['', 'globex', '__proto__', 'constructor', 'ACME-CORP', 'acme-corp, globex', '../acme-corp'],
  'X-Correlation-ID': ['', 'a\tb', 'x'.repeat(200), '\x1b[31m'.replace('\x1b', '\t'), '{"a":1}', '\xa0\xff'],
  Accept: ['text/html', '*/*;q=0', 'application/xml'],
  'Content-Encoding': ['br', 'deflate', 'gzip', 'identity, gzip'],
  Range: ['bytes=0-1'],
  'If-None-Match': ['*'],
};
const hostileHeaders = fc
  .array(
    fc.constantFrom(...Object.keys(HEADERS)).chain((name) => fc.tuple(fc.constant(name), fc.constantFrom(...(HEADERS[name] ?? [])))),
    { maxLength: 2 },
  )
  .map((headers) => Object.fromEntries(headers));
const contentType = fc.oneof(
  { weight: 12, arbitrary: fc.constant('application/json') },
  fc.constantFrom(
    'text/plain',
    'application/xml',
    'application/json; charset=utf-99',
    'application/x-www-form-urlencoded',
    'json',
    'application/x-ndjson',
    'multipart/form-data; boundary=x',
  ),
);

const SEGMENTS = [
  '%00',
  '%2f..%2f..%2fetc%2fpasswd',
  '..%5c',
  '%',
  '%zz',
  '%E0%A4%A',
  'x'.repeat(3_000),
  '__proto__',
  'constructor',
  "'--",
  '%F0%9F%92%A9',
  '.',
  '%2e%2e',
  '*',
  '{id}',
];

/** Requests of an operation, good ones and bad ones; `known` gives path parameters that exist. */
export function requestsOf(
  { path, operation, method }: PlacedOperation,
  document: ApiDocument,
  known: Readonly<Record<string, string>>,
): fc.Arbitrary<GeneratedRequest> {
  const segment = (name: string): fc.Arbitrary<string> =>
    fc.oneof({ weight: 5, arbitrary: fc.constant(known[name] ?? 'unknown') }, { weight: 2, arbitrary: fc.constantFrom(...SEGMENTS) });
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
  const filled = fc
    .tuple(...names.map(segment))
    .map((values) => names.reduce((text, name, at) => text.replace(`{${name}}`, () => values[at] ?? ''), path));
  const query = operation.parameters?.filter((parameter) => parameter.in === 'query') ?? [];
  const pairs = fc.oneof(
    ...query.map(({ name, schema }) => {
      const item = schema.type === 'array' ? (schema.items ?? {}) : schema;
      const value = fc.oneof(allowed(item as never, document).map(String), hostileParameter);
      return fc.tuple(fc.constantFrom(name, name, name, `${name}[]`, `${name}[a]`), value);
    }),
    fc.tuple(fc.constantFrom('unknown', '__proto__', 'constructor', 'limit', ''), hostileParameter),
  );
  const search = fc
    .array(pairs, { maxLength: 4 })
    .map((list) => list.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join('&'));
  const schema = operation.requestBody?.content['application/json']?.schema;
  const body = schema
    ? fc.option(bodies(schema, document), { nil: undefined, freq: 12 })
    : fc.option(fc.constantFrom('{}', '{"a":1}', 'x'), { nil: undefined, freq: 2 });
  return fc.record({ filled, search, type: contentType, hostile: fc.oneof(fc.constant({}), hostileHeaders), body }).map((parts) => {
    const sends = parts.body !== undefined && method !== 'GET';
    return {
      path: parts.search === '' ? parts.filled : `${parts.filled}?${parts.search}`,
      headers: { ...parts.hostile, ...(sends ? { 'Content-Type': parts.type } : {}) },
      ...(sends && parts.body !== undefined ? { body: parts.body } : {}),
    };
  });
}

/** Percent-encoded, also where it is no well-formed Unicode. */
function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

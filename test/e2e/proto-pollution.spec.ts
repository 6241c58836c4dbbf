import { Agent } from 'node:http';
import type { Schema } from '../../src/cli/probe/example-body.js';
import { PERMISSIONS, type Permission } from '../../src/platform/auth/permissions.js';
import { ApiDocument, type PlacedOperation } from '../support/api-document.js';
import { BuiltApp } from '../support/built-app.js';
import { sendRaw, type RawAnswer } from '../support/raw-request.js';
import { startApp, type RunningApp } from '../support/running-app.js';
import { ServiceCaller } from '../support/service-caller.js';

const NAMES = ['__proto__', 'constructor', 'prototype'];
const FIELDS = '"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"prototype":{"polluted":1}';
const QUERY = '__proto__=1&__proto__[polluted]=1&__proto__.polluted=1&constructor[prototype][polluted]=1&constructor=1&prototype=1';
/** Objects spoiled in one request: an answer names at most 20 faults. */
const AT_ONCE = 6;
/** Their events are whatever a source sends, kept as they are, and read by a parser of its own that names the first fault alone. */
const OPEN_BODIES = new Set(['POST /api/v1/events', 'POST /internal/v1/detect']);

/** A body that has every field that its schema names, each list and each map with one member. */
function fullBody(schema: Schema & { readonly additionalProperties?: unknown }, document: ApiDocument, depth = 0): unknown {
  const inner = schema.$ref ? document.resolve(schema) : schema.allOf?.[0];
  if (inner) return fullBody(inner, document, depth);
  if (schema.type === 'array') return [schema.items && depth < 8 ? fullBody(schema.items, document, depth + 1) : 'text'];
  if (schema.type !== 'object') return schema.example ?? schema.enum?.[0] ?? 'text';
  const { additionalProperties: members } = schema;
  const map = typeof members === 'object' && members !== null ? { member: fullBody(members, document, depth + 1) } : {};
  const fields = Object.entries(schema.properties ?? {}).map(([name, field]) => [name, fullBody(field, document, depth + 1)]);
  return { ...map, ...Object.fromEntries(fields) };
}

/** JSON Pointers to the objects of a body. */
function objectsIn(body: unknown, pointer = ''): readonly string[] {
  if (typeof body !== 'object' || body === null) return [];
  const inside = Object.entries(body).flatMap(([name, member]) => objectsIn(member, `${pointer}/${name}`));
  return Array.isArray(body) ? inside : [pointer, ...inside];
}

/** The body's JSON with the names of prototypes put into some of its objects. */
function spoiled(body: unknown, pointers: readonly string[], pointer = ''): string {
  if (typeof body !== 'object' || body === null) return JSON.stringify(body);
  if (Array.isArray(body)) return `[${body.map((member, at) => spoiled(member, pointers, `${pointer}/${at}`)).join(',')}]`;
  const fields = Object.entries(body).map(([name, member]) => `${JSON.stringify(name)}:${spoiled(member, pointers, `${pointer}/${name}`)}`);
  return `{${[...fields, ...(pointers.includes(pointer) ? [FIELDS] : [])].join(',')}}`;
}

describe('names of prototypes', () => {
  let running: RunningApp;
  let document: ApiDocument;
  let service: ServiceCaller;
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const tokens: Record<string, string> = {};

  beforeAll(async () => {
    const built = await BuiltApp.start();
    document = await ApiDocument.of(built.baseUrl);
    await built.stop();
    running = await startApp();
    service = await ServiceCaller.of(running.dataDir);
    tokens['platform-admin'] = await running.token('platform');
    tokens['responder'] = await running.token('acme-corp', 'responder');
    tokens['collector'] = await running.token('acme-corp', 'collector');
    tokens['tenant-admin'] = await running.token('acme-corp', 'tenant_admin');
  });
  afterAll(async () => {
    agent.destroy();
    await running.close();
  });

  const credentialOf = ({ operation }: PlacedOperation): string => {
    const holders: readonly string[] = PERMISSIONS[operation['x-permission'] as Permission] ?? [];
    return `Bearer ${tokens[Object.keys(tokens).find((role) => holders.includes(role)) ?? 'responder']}`;
  };

  const send = (placed: PlacedOperation, { value = 'acme-corp', query = '', body = '' }): Promise<RawAnswer> => {
    const path = `${placed.path.replaceAll(/\{[^}]+\}/g, encodeURIComponent(value))}${query}`;
    const request = placed.operation['x-services']
      ? service.sign(running.baseUrl, { method: placed.method, path, body: Buffer.from(body) })
      : {
          method: placed.method,
          path,
          headers: { Authorization: credentialOf(placed), 'Content-Type': 'application/json' },
          ...(body === '' ? {} : { body }),
        };
    return sendRaw(running.baseUrl, request, agent);
  };
  const nameOf = ({ method, path }: PlacedOperation): string => `${method} ${path}`;
  const expectUnpolluted = (): void => {
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
  };

  it('HOS-03 are refused, each with its place, at every object of every body that the API takes', async () => {
    const taking = document.operations.filter(
      (placed) => placed.operation.requestBody?.content['application/json'] && !OPEN_BODIES.has(nameOf(placed)),
    );
    let places = 0;
    const tries = taking.flatMap((placed) => {
      const body = fullBody(placed.operation.requestBody?.content['application/json']?.schema ?? {}, document);
      const objects = objectsIn(body);
      places += objects.length;
      const groups = Array.from({ length: Math.ceil(objects.length / AT_ONCE) }, (_, at) =>
        objects.slice(at * AT_ONCE, (at + 1) * AT_ONCE),
      );
      return groups.map(async (group) => {
        const answer = await send(placed, { body: spoiled(body, group) });
        const { errors = [] } = JSON.parse(answer.body) as { errors?: readonly { pointer: string; code: string }[] };
        const named = errors.filter(({ code }) => code === 'unknown_field').map(({ pointer }) => pointer);
        const wanted = group.flatMap((pointer) => NAMES.map((name) => `${pointer}/${name}`));
        return { operation: nameOf(placed), status: answer.status, missing: wanted.filter((pointer) => !named.includes(pointer)) };
      });
    });
    const results = await Promise.all(tries);
    expect(results.filter(({ status, missing }) => status !== 422 || missing.length > 0)).toEqual([]);
    process.stdout.write(`${taking.length} bodies, ${places} objects, ${results.length} requests\n`);
    expect(taking.length).toBeGreaterThan(15);
    expect(places).toBeGreaterThan(taking.length);
    expectUnpolluted();
  });

  it('HOS-03 stay the words of whoever sent them, in bodies of events', async () => {
    const open = document.operations.filter((placed) => OPEN_BODIES.has(nameOf(placed)));
    const bodies = [
      '{"source":"generic","events":[{"message":"m","x":{"y":1}}]}',
      '{"events":[{"message":"m","EventData":[{}]}],"source":"windows"}',
    ];
    const tries = open.flatMap((placed) =>
      bodies.flatMap((text) => {
        const body: unknown = JSON.parse(text);
        return objectsIn(body).map(async (pointer) => (await send(placed, { body: spoiled(body, [pointer]) })).status);
      }),
    );
    const statuses = await Promise.all(tries);
    expect(statuses.filter((status) => ![200, 202, 400, 422].includes(status))).toEqual([]);
    expect([open.length, statuses.length]).toEqual([2, 12]);
    expectUnpolluted();
  });

  it('HOS-03 are refused or dropped in every query, and are like any other word in every path', async () => {
    const reading = document.operations.filter(({ method, path }) => method === 'GET' && !path.startsWith('/health'));
    const results = await Promise.all(
      reading.map(async (placed) => {
        const [plain, odd] = [await send(placed, {}), await send(placed, { query: `?${QUERY}` })];
        const isRefused = odd.status === 400 || odd.status === 422;
        return { operation: nameOf(placed), isFine: (isRefused || odd.status === plain.status) && plain.status < 500, status: odd.status };
      }),
    );
    expect(results.filter(({ isFine }) => !isFine)).toEqual([]);
    const placed = document.operations.filter(({ path }) => path.includes('{'));
    const paths = placed.flatMap((one) =>
      NAMES.map(async (value) => ({ operation: nameOf(one), value, status: (await send(one, { value })).status })),
    );
    expect((await Promise.all(paths)).filter(({ status }) => status < 400 || status >= 500)).toEqual([]);
    expect(placed.length).toBeGreaterThan(15);
    expectUnpolluted();
  });

  it.each(NAMES)('HOS-03 %s in the name, the value or a parameter of any header is never an error of the app', async (name) => {
    const jose = Buffer.from(JSON.stringify({ alg: name, kid: name, typ: name })).toString('base64url');
    const headers: readonly (readonly [string, string])[] = [
      [name, '1'],
      ['Accept', `application/json;${name}=1, ${name}`],
      ['Accept-Encoding', name],
      ['Authorization', `Bearer ${jose}.e30.AA`],
      ['Content-Digest', `${name}=:AA==:`],
      ['Content-Encoding', name],
      ['Content-Type', `application/json; ${name}=1; charset=${name}`],
      ['Content-Type', `application/${name}`],
      ['Cookie', `${name}=1`],
      ['Idempotency-Key', name],
      ['If-Match', `"${name}"`],
      ['Origin', `https://${name}`],
      ['Signature-Input', `${name}=("@method");keyid="${name}";alg="${name}"`],
      ['traceparent', name],
      ['X-API-Key', name],
      ['X-Correlation-ID', name],
      ['X-Forwarded-For', name],
      ['X-Service-Name', name],
      ['X-Service-Key-Id', name],
      ['X-Tenant-ID', name],
    ];
    const statuses = await Promise.all(
      headers.flatMap(([header, value]) =>
        ['/api/v1/tenants', '/api/v1/auth/token', '/api/v1/events', '/internal/v1/detect', '/api/v1/alerts'].map(async (path, at) => {
          const given = {
            Authorization: `Bearer ${tokens[at === 0 ? 'platform-admin' : 'responder']}`,
            'Content-Type': 'application/json',
          };
          const method = at === 4 ? 'GET' : 'POST';
          const body = at === 4 ? {} : { body: '{}' };
          const answer = await sendRaw(running.baseUrl, { method, path, headers: { ...given, [header]: value }, ...body }, agent);
          return { header, path, status: answer.status, isPolluted: answer.body.includes('polluted') };
        }),
      ),
    );
    expect(statuses.filter(({ status, isPolluted }) => status >= 500 || isPolluted)).toEqual([]);
    expectUnpolluted();
  });
});

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { generateDay } from '../../src/cli/demo/generator/generate-day.js';
import { BuiltApp } from '../support/built-app.js';
import { exampleBody, type Schema } from '../support/example-body.js';

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly 'x-permission'?: string;
}

interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

type Ids = Map<string, string>;

const OWNER = 'acme-corp';
const STRANGER = 'globex';
const STRANGERS = ['collector', 'viewer', 'analyst', 'responder', 'tenant_admin'];
/** Parameters that name something of no tenant. */
const NOT_OF_A_TENANT = new Set(['rule_id', 'list']);

describe('isolation, over every operation of the API document', () => {
  let app: BuiltApp;
  let api: ApiDocument;
  let owned: Ids;
  const tokens = new Map<string, string>();

  beforeAll(async () => {
    app = await BuiltApp.start();
    api = (await (await fetch(`${app.baseUrl}/docs-json`)).json()) as ApiDocument;
    for (const tenant of [OWNER, STRANGER]) {
      for (const role of STRANGERS) tokens.set(`${tenant} ${role}`, await app.token(tenant, role));
      await seed(tenant);
    }
    for (const tenant of [OWNER, STRANGER]) await settled(tenant);
    owned = await harvest(OWNER);
  });
  afterAll(() => app.stop());

  async function call(method: string, path: string, as: string, body?: unknown): Promise<{ status: number; text: string }> {
    const answer = await fetch(app.baseUrl + path, {
      method: method.toUpperCase(),
      headers: {
        Authorization: `Bearer ${tokens.get(as)}`,
        'X-Correlation-ID': 'same',
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, text: await answer.text() };
  }

  /** The same events for both tenants: the intrusion of a generated day. */
  async function seed(tenant: string): Promise<void> {
    const attack = [...generateDay({ seed: 5, day: new Date('2026-11-20'), backgroundEvents: 500 })].filter(({ label }) => label.attack);
    for (const source of new Set(attack.map((event) => event.source))) {
      const lines = attack.filter((event) => event.source === source).map(({ event }) => JSON.stringify(event));
      const answer = await fetch(`${app.baseUrl}/api/v1/events?source=${source}`, {
        method: 'POST',
        headers: { 'X-API-Key': app.apiKey(tenant, 'collector'), 'Content-Type': 'application/x-ndjson' },
        body: lines.join('\n'),
      });
      expect(answer.status).toBe(202);
    }
    const indicator = {
      type: 'indicator',
      spec_version: '2.1',
      id: `indicator--${randomUUID()}`,
      created: '2026-11-01T00:00:00.000Z',
      modified: '2026-11-01T00:00:00.000Z',
      valid_from: '2026-11-01T00:00:00.000Z',
      pattern: "[ipv4-addr:value = '198.51.100.99']",
      pattern_type: 'stix',
    };
    const bundle = { type: 'bundle', id: `bundle--${randomUUID()}`, objects: [indicator] };
    expect((await call('post', '/api/v1/intel/indicators', `${tenant} analyst`, bundle)).status).toBeLessThan(300);
  }

  async function settled(tenant: string): Promise<void> {
    for (let quiet = 0, before = ''; quiet < 3;) {
      await sleep(200);
      const waiting = await call('get', '/api/v1/alerts?status=new&limit=1', `${tenant} analyst`);
      const approvals = await call('get', '/api/v1/approvals', `${tenant} analyst`);
      const empty = JSON.parse(waiting.text).items.length === 0 && JSON.parse(approvals.text).items.length > 0;
      quiet = empty && approvals.text === before ? quiet + 1 : 0;
      before = approvals.text;
    }
  }

  /** One id of each kind that a tenant owns, as its lists show them. */
  async function harvest(tenant: string): Promise<Ids> {
    const ids: Ids = new Map([['tenant_id', tenant]]);
    const lists = Object.entries(api.paths).filter(
      ([path, item]) => item['get'] && (!path.includes('{') || path.includes('{tenant_id}/api-keys')),
    );
    for (const [path] of lists) {
      const answer = await call('get', path.replace('{tenant_id}', tenant), `${tenant} tenant_admin`);
      if (answer.status !== 200 || !answer.text.startsWith('{')) continue;
      for (const item of ((JSON.parse(answer.text) as { items?: unknown[] }).items ?? []) as Record<string, unknown>[]) {
        for (const [name, value] of Object.entries(item))
          if (name.endsWith('_id') && typeof value === 'string' && !ids.has(name)) ids.set(name, value);
        const [evidence] = (item['evidence'] ?? []) as string[];
        if (evidence !== undefined && !ids.has('event_id')) ids.set('event_id', evidence);
      }
    }
    return ids;
  }

  /** All that a tenant's lists show, as text. */
  async function dump(tenant: string): Promise<string> {
    const lists = Object.entries(api.paths).filter(
      ([path, item]) => item['get']?.['x-permission']?.endsWith(':read') === true && !path.includes('{'),
    );
    const texts = await Promise.all(
      lists.map(async ([path]) => `${path} ${(await call('get', `${path}?limit=500`, `${tenant} tenant_admin`)).text}`),
    );
    return texts.filter((text) => !text.startsWith('/api/v1/rate-limit') && !text.startsWith('/api/v1/audit')).join('\n');
  }

  const operations = (): [string, string, Operation][] =>
    Object.entries(api.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]): [string, string, Operation] => [method, path, operation]),
    );

  const parametersIn = (path: string): string[] => [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');

  const missing = (name: string): string => {
    if (name === 'tenant_id') return 'no-such-tenant';
    if (name === 'event_id') return `${randomUUID()}.0`;
    return owned.get(name)?.startsWith('indicator--') ? `indicator--${randomUUID()}` : randomUUID();
  };

  const fill = (path: string, value: (name: string) => string): string =>
    path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(value(name)));

  function bodyOf(operation: Operation, foreign: (name: string) => string): unknown {
    const schema = operation.requestBody?.content['application/json']?.schema;
    if (!schema) return undefined;
    return withForeignIds(exampleBody(schema, api.components.schemas), foreign);
  }

  function withForeignIds(body: unknown, foreign: (name: string) => string): unknown {
    if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
    return Object.fromEntries(
      Object.entries(body).map(([name, value]) => {
        if (owned.has(name)) return [name, foreign(name)];
        const singular = name.replace(/_ids$/, '_id');
        return singular !== name && owned.has(singular) ? [name, [foreign(singular)]] : [name, value];
      }),
    );
  }

  it('knows an id of every kind that a path asks for', () => {
    const asked = new Set(operations().flatMap(([, path]) => parametersIn(path)));
    const unseeded = [...asked].filter((name) => !NOT_OF_A_TENANT.has(name) && !owned.has(name));
    expect(unseeded).toEqual([]);
  });

  it('R22 answers another tenant’s objects with 404 and the same body as missing ones, and changes nothing', async () => {
    const before = await dump(OWNER);
    const faults: string[] = [];
    let asked = 0;
    for (const [method, path, operation] of operations()) {
      const names = parametersIn(path).filter((name) => !NOT_OF_A_TENANT.has(name));
      if (names.length === 0 || path.startsWith('/edl/')) continue;
      const foreignId = (name: string): string => owned.get(name) ?? 'ip';
      const noneOf = new Map(names.map((name) => [name, missing(name)]));
      const missingId = (name: string): string => noneOf.get(name) ?? 'ip';
      for (const role of STRANGERS) {
        const as = `${STRANGER} ${role}`;
        const foreign = await call(method, fill(path, foreignId), as, bodyOf(operation, foreignId));
        const absent = await call(method, fill(path, missingId), as, bodyOf(operation, missingId));
        asked += 1;
        const bare = (text: string, ids: (name: string) => string): string =>
          names.reduce((rest, name) => rest.replaceAll(encodeURIComponent(ids(name)), '<id>').replaceAll(ids(name), '<id>'), text);
        const refused = foreign.status === 404 || foreign.status === 403;
        if (!refused || foreign.status !== absent.status || bare(foreign.text, foreignId) !== bare(absent.text, missingId)) {
          faults.push(`${method} ${path} as ${role}: ${foreign.status} ${foreign.text} / ${absent.status} ${absent.text}`);
        }
      }
    }
    expect(faults).toEqual([]);
    expect(asked).toBeGreaterThan(50);
    expect(await dump(OWNER)).toBe(before);
  });

  it('trap.P07-lists-are-tenant-scoped', async () => {
    const canaries = [...owned].filter(([name]) => name !== 'tenant_id' && name !== 'rule_id' && name !== 'correlation_id');
    const faults: string[] = [];
    for (const [method, path, operation] of operations()) {
      if (method !== 'get' || path.includes('{')) continue;
      const filters = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query' && owned.has(parameter.name));
      const queries = ['', ...filters.map(({ name }) => `?${name}=${encodeURIComponent(owned.get(name) ?? '')}`)];
      for (const query of queries) {
        const { status, text } = await call(method, path + query, `${STRANGER} tenant_admin`);
        for (const [name, id] of canaries) if (status === 200 && text.includes(id)) faults.push(`${path}${query} shows ${name} ${id}`);
      }
    }
    expect(faults).toEqual([]);
  });

  it('R20 P04 a credential of one tenant selects no other, on any route', async () => {
    for (const [method, path, operation] of operations()) {
      if (!operation['x-permission'] || path.includes('{') || method !== 'get') continue;
      const answer = await fetch(app.baseUrl + path, {
        headers: { Authorization: `Bearer ${tokens.get(`${STRANGER} tenant_admin`)}`, 'X-Tenant-ID': OWNER },
      });
      expect([path, answer.status]).toEqual([path, 403]);
    }
  });

  it('lists of firewalls refuse another tenant’s credential like a wrong one', async () => {
    for (const tenant of [OWNER, STRANGER]) await call('post', '/api/v1/edl/ip/credential', `${tenant} tenant_admin`);
    const own = JSON.parse((await call('post', '/api/v1/edl/ip/credential', `${STRANGER} tenant_admin`)).text) as {
      username: string;
      password: string;
    };
    const read = async (tenant: string): Promise<[number, string]> => {
      const basic = Buffer.from(`${own.username}:${own.password}`).toString('base64');
      const answer = await fetch(`${app.baseUrl}/edl/${tenant}/ip`, {
        headers: { Authorization: `Basic ${basic}`, 'X-Correlation-ID': 'same' },
      });
      return [answer.status, (await answer.text()).replaceAll(tenant, '<tenant>')];
    };
    expect((await read(STRANGER))[0]).toBe(200);
    expect((await read(OWNER))[0]).toBe(401);
    expect(await read(OWNER)).toEqual(await read('no-such-tenant'));
  });
});

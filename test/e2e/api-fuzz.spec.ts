import { randomInt } from 'node:crypto';
import { Agent } from 'node:http';
import fc from 'fast-check';
import { generateDay } from '../../src/cli/demo/generator/generate-day.js';
import { PERMISSIONS, type Permission, type Role } from '../../src/platform/auth/permissions.js';
import { PROBLEM_TYPES } from '../../src/platform/problems/problem-types.js';
import { ApiDocument, type PlacedOperation } from '../support/api-document.js';
import { BuiltApp, STAYS_IN_SERVICE } from '../support/built-app.js';
import { requestsOf, type GeneratedRequest } from '../support/hostile-requests.js';
import { sendRaw, type RawAnswer } from '../support/raw-request.js';
import { ServiceCaller, type SignedRequest } from '../support/service-caller.js';
import { settled } from '../support/settled.js';

const SEED = 20_260_115;
const RUNS = 24;
const MOST_MS = 2_000;
/** Of all answers to a seed: services' requests that are written so that they cannot be signed. */
const MOST_UNAUTHENTICATED = 40;
/** Ends the token that it is asked with. */
/** After this the app is on its way out, and health says so to whoever asks next. */
const DRAINS = '/admin/drain';
const LOGS_OUT = '/api/v1/auth/revoke';
const INTERNAL = /node_modules|\bat [\w.<>]+ \(|\.js:\d|SQLITE|sqlite_|\bselect .+ from\b|\/dist\/|ECONN|ENOENT/i;
const CREDENTIALS: readonly (readonly [Role, string, string?])[] = [
  ['responder', 'acme-corp', 'responder'],
  ['tenant-admin', 'acme-corp', 'tenant_admin'],
  ['platform-admin', 'platform'],
];

/** What a path of the document stands for; a word may stand where another path takes an identifier. */
function templateOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{\w+\}/g, '[^/]+')}$`);
}

describe('the API, under generated requests', () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const tokens = new Map<Role, string>();
  const known: Record<string, string> = {
    tenant_id: 'globex',
    list: 'ip',
    key_id: 'AAAAAAAAAAAA',
    dead_letter_id: 'globex.f0e1d2c3-0000-7000-8000-000000000000',
  };
  let app: BuiltApp;
  let document: ApiDocument;
  let service: ServiceCaller;
  let listCredential: string;

  const signIn = async (): Promise<void> => {
    for (const [role, tenant, name] of CREDENTIALS) tokens.set(role, await app.token(tenant, name));
  };
  const get = async (path: string): Promise<{ items: Record<string, string>[] }> => {
    const answer = await fetch(app.baseUrl + path, { headers: { Authorization: `Bearer ${tokens.get('responder') ?? ''}` } });
    return (await answer.json()) as { items: Record<string, string>[] };
  };

  beforeAll(async () => {
    app = await BuiltApp.start({ env: STAYS_IN_SERVICE });
    document = await ApiDocument.of(app.baseUrl);
    service = await ServiceCaller.of(app.dataDir);
    await signIn();
    const listAdmin = await app.token('globex', 'tenant_admin');
    const issued = await fetch(`${app.baseUrl}/api/v1/edl/ip/credential`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${listAdmin}` },
    });
    const { username, password } = (await issued.json()) as { username: string; password: string };
    listCredential = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    const attack = [...generateDay({ seed: 3, day: new Date('2026-11-20'), backgroundEvents: 300 })].filter(({ label }) => label.attack);
    for (const source of new Set(attack.map((event) => event.source))) {
      const events = attack.filter((event) => event.source === source).map(({ event }) => event);
      const headers = { 'X-API-Key': app.apiKey('acme-corp', 'collector'), 'Content-Type': 'application/json' };
      await fetch(`${app.baseUrl}/api/v1/events`, { method: 'POST', headers, body: JSON.stringify({ source, events }) });
    }
    const LISTS = {
      alert_id: 'alerts',
      incident_id: 'incidents',
      action_id: 'containment/actions',
      approval_id: 'approvals',
      event_id: 'events',
      rule_id: 'rules',
    };
    await settled(
      () => get('/api/v1/approvals'),
      ({ items }) => items.length > 0,
    );
    for (const [name, list] of Object.entries(LISTS)) {
      const [first] = (await get(`/api/v1/${list}?limit=1`)).items;
      known[name] = first?.[name] ?? first?.['id'] ?? '';
    }
    expect(Object.entries(known).filter(([, id]) => !id)).toEqual([]);
  });
  afterAll(async () => {
    agent.destroy();
    await app.stop({ atOnce: true });
  });

  /** Signed, unless it is written so that it cannot be. */
  const signedOrNot = (method: string, { path, headers, body = '' }: GeneratedRequest): SignedRequest | undefined => {
    const texts = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    try {
      return service.sign(app.baseUrl, { method, path, headers: texts, body: Buffer.from(body) });
    } catch {
      return undefined;
    }
  };

  const send = ({ method, operation }: PlacedOperation, generated: GeneratedRequest): Promise<RawAnswer> => {
    const permission = operation['x-permission'] as Permission | undefined;
    const holders: readonly Role[] = permission ? PERMISSIONS[permission] : [];
    const role = CREDENTIALS.map(([name]) => name).find((name) => holders.includes(name));
    const token = tokens.get(role ?? 'platform-admin') ?? '';
    const signed = operation['x-services'] && signedOrNot(method, generated);
    if (signed) return sendRaw(app.baseUrl, signed, agent);
    const takes = (name: string): boolean => (operation.security ?? []).some((scheme) => name in scheme);
    if (takes('basic'))
      return sendRaw(app.baseUrl, { method, ...generated, headers: { Authorization: listCredential, ...generated.headers } }, agent);
    const credential = takes('bearer') ? { Authorization: `Bearer ${token}` } : { 'X-API-Key': app.apiKey('globex', 'viewer') };
    return sendRaw(app.baseUrl, { method, ...generated, headers: { ...credential, ...generated.headers } }, agent);
  };

  const jsonOf = (text: string): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  };

  const faultsOfProblem = ({ status, headers, body }: RawAnswer, path: string): string[] => {
    const faults: string[] = INTERNAL.test(body) ? ['internal text'] : [];
    const problem = (jsonOf(body) ?? {}) as Record<string, unknown>;
    if (!String(headers['content-type']).startsWith('application/problem+json'))
      faults.push(`content type ${String(headers['content-type'])}`);
    const type = String(problem['type']).replace('/problems/', '');
    if (!(type in PROBLEM_TYPES)) faults.push(`type ${type}`);
    else if (PROBLEM_TYPES[type as keyof typeof PROBLEM_TYPES].status !== status) faults.push(`type ${type} with ${status}`);
    for (const member of ['title', 'detail', 'instance', 'correlation_id']) if (!problem[member]) faults.push(`no ${member}`);
    if (problem['status'] !== status) faults.push('another status inside');
    if (problem['correlation_id'] !== headers['x-correlation-id']) faults.push('another correlation id inside');
    if (problem['instance'] !== path.split('?')[0]) faults.push(`instance ${String(problem['instance'])}`);
    if (type === 'invalid' && !Array.isArray(problem['errors'])) faults.push('no pointer to the fault');
    return faults;
  };

  const faultsOf = ({ operation }: PlacedOperation, { path }: GeneratedRequest, answer: RawAnswer): string[] => {
    const faults: string[] = [];
    const { status, headers, body } = answer;
    const response = operation.responses[String(status)];
    if (status >= 500) faults.push('5xx');
    if (!response) faults.push('not documented');
    if (headers['x-powered-by'] !== undefined) faults.push('X-Powered-By');
    if (path.startsWith('/api') && headers['cache-control'] !== 'no-store') faults.push('may be stored');
    if (status >= 400) return [...faults, ...faultsOfProblem(answer, path)];
    const schema = response?.content?.['application/json']?.schema;
    const fault = schema ? document.fault(schema, jsonOf(body)) : undefined;
    return fault === undefined ? faults : [...faults, fault];
  };

  const attack = async (seed: number): Promise<void> => {
    const faults = new Map<string, string>();
    const statuses = new Map<number, number>();
    for (const placed of document.operations.filter(({ path }) => path !== DRAINS)) {
      const property = fc.asyncProperty(requestsOf(placed, document, known), async (generated) => {
        const answer = await send(placed, generated);
        if (placed.path === LOGS_OUT) await signIn();
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        for (const fault of faultsOf(placed, generated, answer)) {
          const key = `${placed.method} ${placed.path} ${answer.status}: ${fault}`;
          if (!faults.has(key)) faults.set(key, `${key}\n  ${JSON.stringify(generated).slice(0, 400)}\n  ${answer.body.slice(0, 300)}`);
        }
      });
      await fc.assert(property, { seed, numRuns: RUNS, interruptAfterTimeLimit: MOST_MS, endOnFailure: true });
    }
    process.stdout.write(`seed ${seed}: ${JSON.stringify(Object.fromEntries(statuses))}\n`);
    expect([...faults.values()].join('\n')).toBe('');
    expect(statuses.size).toBeGreaterThan(6);
    expect(statuses.get(401) ?? 0).toBeLessThan(MOST_UNAUTHENTICATED);
  };

  it('R15 answers every request as documented, under a fixed seed', () => attack(SEED));

  it('R15 answers every request as documented, under a seed of today', () => attack(randomInt(2 ** 31 - 1)));

  it('FUZ-03 answers methods that a path does not offer with 405 and those it does', async () => {
    const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND'];
    for (const path of new Set(document.operations.map((placed) => placed.path))) {
      const offered = document.operations.filter((placed) => placed.path === path).map(({ method }) => method);
      const instance = path.replace(/\{(\w+)\}/g, (_, name: string) => known[name] ?? 'unknown');
      const served = document.operations.filter((placed) => placed.path === path || templateOf(placed.path).test(instance));
      const others = methods.filter((name) => !served.some(({ method }) => method === name));
      for (const method of others) {
        const answer = await sendRaw(app.baseUrl, { method, path: instance }, agent);
        expect([method, path, answer.status, ...faultsOfProblem(answer, instance)]).toEqual([method, path, 405]);
        for (const name of offered) expect(String(answer.headers['allow']).split(', ')).toContain(name);
      }
    }
  });
});

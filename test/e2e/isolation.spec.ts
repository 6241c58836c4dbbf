import { operationsOf, type OpenApi } from '../../src/cli/probe/api-operations.js';
import { generateDay } from '../../src/cli/demo/generator/generate-day.js';
import { IsolationProbe, type AttackResult } from '../../src/cli/probe/isolation-probe.js';
import { BuiltApp } from '../support/built-app.js';
import { canaryTenants, OWNER, STRANGER } from '../support/canary-tenants.js';
import { settled } from '../support/settled.js';
import { settledDump } from '../support/tenant-dump.js';

type Item = Readonly<Record<string, unknown>>;

describe('isolation, over every operation of the API document', () => {
  let app: BuiltApp;
  let tenants: ReturnType<typeof canaryTenants>;
  let probe: IsolationProbe;
  let result: AttackResult;
  let before: Readonly<Record<string, string>>;
  let after: Readonly<Record<string, string>>;
  let logged: readonly string[];
  let metrics: string;

  const get = (tenant: 'owner' | 'stranger', path: string): Promise<Item> => tenants[tenant].as('tenant_admin').json('GET', path);
  const items = async (tenant: 'owner' | 'stranger', path: string): Promise<Item[]> => (await get(tenant, path))['items'] as Item[];

  beforeAll(async () => {
    app = await BuiltApp.start({ env: { LOG_LEVEL: 'debug' } });
    tenants = canaryTenants(app);
    for (const tenant of [OWNER, STRANGER]) await seedTheSame(tenant);
    probe = new IsolationProbe(tenants);
    await probe.prepareOwner();
    before = await settledDump(app.dataDir, OWNER);
    await probe.prepareStranger();
    const linesBefore = app.printed.length;
    result = await probe.attack();
    after = await settledDump(app.dataDir, OWNER);
    logged = app.printed.slice(linesBefore);
    const scrape = await fetch(`${app.baseUrl}/metrics`, { headers: { Authorization: `Bearer ${await app.token('platform')}` } });
    metrics = await scrape.text();
  });
  afterAll(() => app.stop());

  /** The same events for both tenants, in requests with the same keys: the intrusion of a generated day. */
  async function seedTheSame(tenant: string): Promise<void> {
    const attack = [...generateDay({ seed: 5, day: new Date('2026-11-20'), backgroundEvents: 500 })].filter(({ label }) => label.attack);
    for (const source of new Set(attack.map((event) => event.source))) {
      const lines = attack.filter((event) => event.source === source).map(({ event }) => JSON.stringify(event));
      const answer = await fetch(`${app.baseUrl}/api/v1/events?source=${source}`, {
        method: 'POST',
        headers: {
          'X-API-Key': app.apiKey(tenant, 'collector'),
          'Content-Type': 'application/x-ndjson',
          'Idempotency-Key': `day-${source}`,
        },
        body: lines.join('\n'),
      });
      expect([answer.status, answer.headers.get('idempotency-replayed')]).toEqual([202, null]);
    }
  }

  it('TEN-02 R22 nothing of another tenant is answered, shown or told apart, with any credential', () => {
    expect(result.findings).toEqual([]);
  });

  it('TEN-02 every operation that is not public is tried', async () => {
    const document = (await (await fetch(`${app.baseUrl}/docs-json`)).json()) as OpenApi;
    const ofTheCredential = ['POST /api/v1/auth/token', 'POST /api/v1/auth/revoke'];
    // They name no tenant and answer numbers and the ids of tenants to operators alone, as the permission table's test shows.
    const ofTheOperator = ['POST /admin/tenants/reload', 'POST /admin/data-keys/rewrap', 'POST /admin/rules/reload'];
    const leftOut = [...ofTheCredential, ...ofTheOperator];
    const asked = operationsOf(document).filter(({ isPublic, method, path }) => !isPublic && !leftOut.includes(`${method} ${path}`));
    const tried = new Set(result.tried.map(({ operation }) => operation));
    expect(asked.map(({ method, path }) => `${method} ${path}`).filter((name) => !tried.has(name))).toEqual([]);
    const attempts = result.tried.reduce((sum, row) => sum + row.attempts, 0);
    expect(attempts).toBeGreaterThan(500);
    process.stdout.write(`${attempts} attempts on ${result.tried.length} operations\n`);
  });

  it('TEN-02 R22 the other tenant’s data is byte for byte what it was', () => {
    expect(Object.keys(before).length).toBeGreaterThan(15);
    expect(after).toEqual(before);
  });

  it('TEN-02 nothing of another tenant is in the logs of the attack or in the metrics', () => {
    expect(probe.canaries.length).toBeGreaterThan(15);
    const ids = probe.canaries.filter((canary) => canary !== OWNER);
    expect(logged.filter((line) => ids.some((canary) => line.includes(canary)))).toEqual([]);
    expect(metrics).toContain('tenant_id="globex"');
    expect(ids.filter((canary) => metrics.includes(canary))).toEqual([]);
  });

  it('TEN-03 answers what is another tenant’s and what is missing with the same status, body, headers and length', () => {
    const pairs = result.tried.reduce((sum, row) => sum + row.pairs, 0);
    expect(pairs).toBeGreaterThan(350);
    expect(result.findings.filter(({ fault }) => fault === 'told_apart')).toEqual([]);
  });

  it('trap.P06-approval-id-collision-across-tenants: the same events make other ids in each tenant', async () => {
    const lists = ['alerts', 'incidents', 'approvals', 'containment/actions', 'events'];
    await settled(
      () => Promise.all((['owner', 'stranger'] as const).map((tenant) => items(tenant, '/api/v1/approvals?limit=500'))),
      (approvals) => approvals.every((list) => list.length > 1),
    );
    for (const list of lists) {
      const ids = async (tenant: 'owner' | 'stranger'): Promise<string[]> =>
        (await items(tenant, `/api/v1/${list}?limit=500`)).map((item) =>
          String(Object.entries(item).find(([name]) => name.endsWith('_id'))?.[1]),
        );
      const [owners, strangers] = [await ids('owner'), new Set(await ids('stranger'))];
      expect(owners.length).toBeGreaterThan(1);
      expect(owners.filter((id) => strangers.has(id))).toEqual([]);
    }
  });

  it('trap.P07-lists-are-tenant-scoped', async () => {
    const document = (await (await fetch(`${app.baseUrl}/docs-json`)).json()) as OpenApi;
    const lists = operationsOf(document).filter(({ method, path, isOfTenant, parameters }) => {
      return method === 'GET' && isOfTenant && !path.includes('{') && parameters.some(({ name }) => name === 'cursor');
    });
    expect(lists.length).toBeGreaterThan(6);
    for (const { path } of lists) {
      const listed = await items('stranger', `${path}?limit=500`);
      const tenantsShown = new Set(listed.map((item) => item['tenant_id']).filter((id) => id !== undefined));
      expect([path, [...tenantsShown].filter((id) => id !== STRANGER)]).toEqual([path, []]);
    }
  });

  it('R20 trap.P04-tenant-from-credential-only: what an event says of its tenant changes nothing', async () => {
    const marker = `claims-another-tenant-${Date.now()}`;
    const event = { timestamp: new Date().toISOString(), host: marker, tenant_id: OWNER, tenant: OWNER };
    const answer = await fetch(`${app.baseUrl}/api/v1/events`, {
      method: 'POST',
      headers: { 'X-API-Key': app.apiKey(STRANGER, 'collector'), 'Content-Type': 'application/json' },
      body: JSON.stringify({ source: 'generic', events: [event] }),
    });
    expect([answer.status, ((await answer.json()) as Item)['tenant_id']]).toEqual([202, STRANGER]);
    expect(await items('stranger', `/api/v1/events?host=${marker}`)).toHaveLength(1);
    expect(await items('owner', `/api/v1/events?host=${marker}`)).toEqual([]);
  });

  it('lists of firewalls open to their own credential, and to no other tenant’s', async () => {
    const { username, password } = probe.seedOf(tenants.stranger)?.listCredential ?? {};
    const Authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    const read = async (tenant: string): Promise<number> =>
      (await fetch(`${app.baseUrl}/edl/${tenant}/domain`, { headers: { Authorization } })).status;
    expect([await read(STRANGER), await read(OWNER), await read('no-such-tenant')]).toEqual([200, 401, 401]);
  });

  it('what was attacked is alive: the owner can still change and remove all of it', async () => {
    expect(await probe.cleanUp()).toEqual([]);
    const { values } = probe.seedOf(tenants.owner) ?? { values: new Map<string, string>() };
    const gone = await tenants.owner
      .as('analyst')
      .send({ method: 'GET', path: `/api/v1/intel/indicators/${values.get('indicator_id') ?? ''}`, headers: {}, body: undefined });
    expect(gone.status).toBe(404);
  });
});

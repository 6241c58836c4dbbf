import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp, type RunningApp } from '../support/running-app.js';

const [ADMINS, OWN, NOBODY] = ['adm-0001', 'own-0002', 'none-0003'];
const ruleOf = (id: string, name: string): string => `title: Login of ${name}
id: ${id}
author: tests
logsource: { product: shop }
detection: { selection: { 'account|expand': '%${name}%' }, condition: selection }
level: high
`;
const LISTS = `Administrators: [root]
broken: [{ a: b }]
tenants:
  acme-corp:
    Administrators: [ada, 'svc-*']
    partners: [eve]
    wrong: secret-of-acme
`;
const [ACME, GLOBEX] = ['acme-corp', 'globex'];

describe('values of placeholders over HTTP', () => {
  let folder: string;
  let running: RunningApp;
  const tokens = new Map<string, string>();
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatra-placeholders-'));
    writeFileSync(
      join(folder, 'rules.yml'),
      [ruleOf(ADMINS, 'Administrators'), ruleOf(OWN, 'partners'), ruleOf(NOBODY, 'unknown')].join('---\n'),
    );
    writeFileSync(join(folder, 'lists.yml'), LISTS);
    running = await startApp({ env: { GATRA_RULES: join(folder, 'rules.yml'), GATRA_PLACEHOLDERS: join(folder, 'lists.yml') } });
    for (const tenant of [ACME, GLOBEX])
      for (const role of ['viewer', 'analyst']) tokens.set(`${tenant} ${role}`, await running.token(tenant, role));
  });
  afterAll(async () => {
    await running.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const as = (tenant: string, role = 'viewer'): [string, string] => ['Authorization', `Bearer ${tokens.get(`${tenant} ${role}`)}`];
  const get = async (tenant: string, path: string) =>
    (
      await running.http
        .get(path)
        .set(...as(tenant))
        .expect(200)
    ).body;

  /** Sends a login; answers the rules that raised alerts of it. */
  const alertsOf = async (tenant: string, account: string): Promise<readonly string[]> => {
    const host = randomUUID();
    const event = { product: 'shop', action: 'login', account, host, timestamp: new Date().toISOString() };
    await running.http
      .post('/api/v1/events')
      .set('X-API-Key', running.apiKey(tenant, 'collector'))
      .send({ source: 'generic', events: [event] })
      .expect(202);
    const { items } = await get(tenant, `/api/v1/alerts?entity=host:${host}`);
    return items.flatMap(({ rule }: { rule: { id: string } }) => ([ADMINS, OWN].includes(rule.id) ? [rule.id] : []));
  };

  it('R02 one rule alerts for the tenant whose values an event has, and for no other', async () => {
    expect([await alertsOf(ACME, 'ada'), await alertsOf(ACME, 'SVC-7'), await alertsOf(ACME, 'root')]).toEqual([[ADMINS], [ADMINS], []]);
    expect([await alertsOf(GLOBEX, 'ada'), await alertsOf(GLOBEX, 'svc-7'), await alertsOf(GLOBEX, 'root')]).toEqual([[], [], [ADMINS]]);
    expect([await alertsOf(ACME, 'eve'), await alertsOf(GLOBEX, 'eve')]).toEqual([[OWN], []]);
  });

  it('TEN-01 tells what is wrong in the lists of a tenant to that tenant alone, and what nobody has values for to all', async () => {
    const issues = async (tenant: string): Promise<string[]> => {
      const { items } = await get(tenant, '/api/v1/rule-issues');
      return items.map(({ line, reason }: { line: number; reason: string }) => `${line}: ${reason}`);
    };
    const everybody = [
      '2: placeholder %broken%: value 1 is neither text nor a number',
      expect.stringMatching(/^\d+: selection: account\|expand: placeholder %unknown% has no values$/),
    ];
    expect(await issues(GLOBEX)).toEqual(everybody);
    expect(await issues(ACME)).toEqual(expect.arrayContaining([...everybody, '7: placeholder %wrong%: not a list of values']));
    expect(JSON.stringify(await get(GLOBEX, '/api/v1/rules'))).not.toMatch(/svc-|secret-of-acme/);
  });

  it('means the tenant’s own values in filters that it sends, and in no other tenant’s', async () => {
    const document = `title: Logins of administrators
logsource: { product: shop }
filter: { rules: [${ADMINS}], selection: { 'account|expand': '%Administrators%' }, condition: selection }
`;
    const put = (tenant: string, text: string) =>
      running.http
        .put('/api/v1/rule-filters')
        .set(...as(tenant, 'analyst'))
        .send({ document: text });
    await put(GLOBEX, document).expect(200);
    expect([await alertsOf(GLOBEX, 'root'), await alertsOf(ACME, 'ada')]).toEqual([[], [ADMINS]]);
    await put(ACME, document).expect(200);
    expect(await alertsOf(ACME, 'ada')).toEqual([]);
    const { body } = await put(GLOBEX, document.replace('%Administrators%', '%partners%')).expect(422);
    expect(body.errors).toMatchObject([{ detail: expect.stringContaining('placeholder %partners% has no values') }]);
    const many = `[${Array.from({ length: 6 }, () => `'${'%Administrators%'.repeat(12)}'`).join()}]`;
    const { body: refused } = await put(ACME, document.replace("'%Administrators%'", many)).expect(422);
    expect(refused.errors).toMatchObject([{ detail: expect.stringContaining('placeholders give more than 20000 values in all') }]);
  });
});

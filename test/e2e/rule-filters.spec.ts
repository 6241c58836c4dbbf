import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../support/eventually.js';
import { startApp, type RunningApp } from '../support/running-app.js';

const RULE = '2f4b2a0e-70a5-4a37-9d3d-6a7c1f6b9a02';
const RULES = `title: Login of the shop
id: ${RULE}
status: test
author: tests
logsource: { product: shop }
detection: { selection: { action: login }, condition: selection }
level: high
`;
const PATH = '/api/v1/rule-filters';
const ACME = 'acme-corp';

/** A filter that leaves out the logins of an account. */
function filterOf(account: string, rules = `[${RULE}]`): string {
  return `title: Logins of ${account}
id: ${randomUUID()}
logsource: { product: shop }
filter:
  rules: ${rules}
  selection: { account: ${account} }
  condition: selection
`;
}

describe('filters of a tenant over HTTP', () => {
  let folder: string;
  let dataDir: string;
  let env: Record<string, string>;
  let running: RunningApp;
  const tokens = new Map<string, string>();

  const start = async (): Promise<void> => {
    running = await startApp({ env, ...(dataDir ? { dataDir } : {}) });
    dataDir = running.dataDir;
    for (const tenant of [ACME, 'globex']) {
      for (const role of ['viewer', 'analyst', 'collector']) tokens.set(`${tenant} ${role}`, await running.token(tenant, role));
    }
  };
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatra-filters-'));
    writeFileSync(join(folder, 'rules.yml'), RULES);
    env = { GATRA_RULES: join(folder, 'rules.yml'), TENANT_MAX_RULE_FILTERS: '3' };
    await start();
  });
  afterAll(async () => {
    await running.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const as = (who: string): [string, string] => ['Authorization', `Bearer ${tokens.get(who)}`];
  const get = (who: string) => running.http.get(PATH).set(...as(who));
  const put = (who: string, document: unknown, more: object = {}) =>
    running.http
      .put(PATH)
      .set(...as(who))
      .send({ document, ...more });
  const remove = (who: string) => running.http.delete(PATH).set(...as(who));

  /** Sends a login; answers whether the rule raised an alert of it. */
  const speaks = async (tenant: string, account: string, to = running): Promise<boolean> => {
    const host = randomUUID();
    const event = { product: 'shop', action: 'login', account, host, timestamp: new Date().toISOString() };
    await to.http
      .post('/api/v1/events')
      .set('X-API-Key', to.apiKey(tenant, 'collector'))
      .send({ source: 'generic', events: [event] })
      .expect(202);
    const { body } = await to.http.get(`/api/v1/alerts?entity=host:${host}&rule_id=${RULE}`).set(...as(`${tenant} viewer`));
    return body.items.length > 0;
  };

  it('R02 a filter silences a rule for one tenant from the answer on, and for no other; removed, the rule speaks again', async () => {
    expect((await get(`${ACME} viewer`).expect(200)).body).toEqual({
      version: 0,
      document: '',
      updated_at: null,
      updated_by: null,
      filters: [],
      issues: [],
    });
    expect(await speaks(ACME, 'backup')).toBe(true);
    const document = filterOf('backup');
    const { body, headers } = await put(`${ACME} analyst`, document).expect(200);
    expect(headers['etag']).toBe('"1"');
    expect(body).toMatchObject({ version: 1, document, updated_by: expect.stringContaining('analyst'), issues: [] });
    expect(body.filters).toMatchObject([{ title: 'Logins of backup', type: 'filter', alerts: false, rules: [RULE] }]);
    expect((await get(`${ACME} viewer`).expect(200)).body).toEqual(body);
    expect([await speaks(ACME, 'backup'), await speaks(ACME, 'ann'), await speaks('globex', 'backup')]).toEqual([false, true, true]);
    const listed = async (tenant: string): Promise<number> =>
      (await running.http.get('/api/v1/rules?type=filter').set(...as(`${tenant} viewer`))).body.items.length;
    expect([await listed(ACME), await listed('globex')]).toEqual([1, 0]);
    expect((await get('globex viewer').expect(200)).body).toMatchObject({ version: 0, document: '' });
    await remove('globex analyst').expect(204);
    expect(await speaks(ACME, 'backup')).toBe(false);
    await remove(`${ACME} analyst`).expect(204);
    expect(await speaks(ACME, 'backup')).toBe(true);
    expect((await get(`${ACME} viewer`).expect(200)).body).toMatchObject({ version: 2, document: '', filters: [] });
  });

  it('names what is wrong by its line, and leaves what is in force as it is', async () => {
    const { body: before } = await put(`${ACME} analyst`, filterOf('cron')).expect(200);
    const broken = `${filterOf('one')}---\n${filterOf('two').replace('condition: selection', 'condition: selektion')}`;
    const faults = async (document: string): Promise<readonly { pointer: string; code: string; detail: string }[]> =>
      (await put(`${ACME} analyst`, document).expect(422)).body.errors;
    expect(await faults(broken)).toEqual([
      { pointer: '/document', code: 'bad_filter', detail: expect.stringMatching(/^line 15: .*selektion.*\(in "Logins of two"\)$/) },
    ]);
    expect(await faults(filterOf('one', '[no-such-rule]'))).toMatchObject([{ detail: expect.stringMatching(/^line 5: .*no-such-rule/) }]);
    expect(await faults(RULES.replace(RULE, randomUUID()))).toMatchObject([
      { detail: expect.stringMatching(/^line 1: only filter rules/) },
    ]);
    expect(await faults('title: [')).toMatchObject([{ detail: expect.stringMatching(/^line 1: /) }]);
    expect(await faults('# nothing\n')).toMatchObject([{ code: 'no_filter' }]);
    const slow = filterOf('one').replace('account: one', "account|re: '(a+)+(?=b)'");
    expect(await faults(slow)).toMatchObject([{ code: 'bad_filter', detail: expect.stringMatching(/^line 6: /) }]);
    for (const document of [7, '', 'x'.repeat(65_537)]) await put(`${ACME} analyst`, document).expect(422);
    expect((await get(`${ACME} viewer`)).body).toEqual(before);
    expect(await speaks(ACME, 'cron')).toBe(false);
  });

  it('HOS-04 refuses what would cost too much, with what it costs, and disturbs nobody', async () => {
    const dashes = `account|windash:\n${'      - " -a -a -a -a -a"\n'.repeat(800)}`;
    const before = (await get(`${ACME} viewer`)).body;
    const [{ body }, heard] = await Promise.all([
      put(`${ACME} analyst`, filterOf('one').replace('{ account: one }', `\n    ${dashes}`)),
      speaks('globex', 'backup'),
    ]);
    expect(body).toMatchObject({
      status: 422,
      errors: [{ code: 'bad_filter', detail: expect.stringMatching(/tests that values become are 21\d{3} or more, .* more than 20000/) }],
    });
    expect(heard).toBe(true);
    const large = filterOf('one').replace('account: one', "account|re: '(?:a?){1000}(?:a?){1000}(?:a?){1000}(?:a?){1000}b'");
    expect((await put(`${ACME} analyst`, large).expect(422)).body.errors).toMatchObject([
      { detail: expect.stringMatching(/needs 12003 instructions, more than 10000/) },
    ]);
    expect((await get(`${ACME} viewer`)).body).toEqual(before);
  });

  it('TEN-13 caps how many there are', async () => {
    const many = (count: number): string => Array.from({ length: count }, (_, at) => filterOf(`account-${at}`)).join('---\n');
    const { body } = await put(`${ACME} analyst`, many(4)).expect(409);
    expect(body).toMatchObject({ type: '/problems/quota-exceeded', quota: 'rule_filters', limit: 3 });
    await put(`${ACME} analyst`, many(3)).expect(200);
    expect([await speaks(ACME, 'account-2'), await speaks(ACME, 'account-3')]).toEqual([false, true]);
  });

  it('takes a change only on the version that it says it is based on', async () => {
    const { version } = (await get(`${ACME} viewer`)).body;
    const stale = await put(`${ACME} analyst`, filterOf('stale'), { version: version - 1 }).expect(409);
    expect(stale.body).toMatchObject({ type: '/problems/stale-version', current_version: version });
    await remove(`${ACME} analyst`)
      .set('If-Match', `"${version - 1}"`)
      .expect(409);
    await put(`${ACME} analyst`, filterOf('fresh')).set('If-Match', `"${version}"`).expect(200);
  });

  it('lets readers read and analysts write, and collectors neither', async () => {
    await get(`${ACME} collector`).expect(403);
    for (const role of ['collector', 'viewer']) {
      await put(`${ACME} ${role}`, filterOf('x')).expect(403);
      await remove(`${ACME} ${role}`).expect(403);
    }
    await running.http.get(PATH).expect(401);
  });

  it('writes to the audit log what was changed, by whom', async () => {
    await put(`${ACME} analyst`, filterOf('audited')).expect(200);
    const token = await running.token(ACME, 'responder');
    const { body } = await running.http
      .get('/api/v1/audit?action=rule_filters.changed&limit=500')
      .auth(token, { type: 'bearer' })
      .expect(200);
    expect(body.items.at(-1) ?? body.items[0]).toMatchObject({ target: { type: 'rule_filters' }, outcome: 'success' });
    const newest = Math.max(...body.items.map(({ details }: { details: { version: number } }) => details.version));
    expect(newest).toBe((await get(`${ACME} viewer`)).body.version);
  });

  it('is in force after a restart, and a change reaches another process on the same data', async () => {
    await put(`${ACME} analyst`, filterOf('kept')).expect(200);
    await running.close({ keep: true });
    await start();
    expect([await speaks(ACME, 'kept'), await speaks('globex', 'kept')]).toEqual([false, true]);
    const second = await startApp({ env, dataDir });
    try {
      expect(await speaks(ACME, 'other', second)).toBe(true);
      await put(`${ACME} analyst`, filterOf('other')).expect(200);
      await eventually(async () => expect(await speaks(ACME, 'other', second)).toBe(false), 10_000);
      expect(await speaks(ACME, 'kept', second)).toBe(true);
    } finally {
      await second.close({ keep: true });
    }
  });

  it('loses no event and no alert while filters change: each event meets those of before or of after', async () => {
    await remove(`${ACME} analyst`).expect(204);
    const hosts: string[] = [];
    const changes = { done: false };
    const sender = (async () => {
      while (!changes.done) {
        const events = Array.from({ length: 50 }, () => {
          const host = randomUUID();
          hosts.push(host);
          return { product: 'shop', action: 'login', account: 'loud', host, timestamp: new Date().toISOString() };
        });
        const { body } = await running.http
          .post('/api/v1/events')
          .set('X-API-Key', running.apiKey(ACME, 'collector'))
          .send({ source: 'generic', events })
          .expect(202);
        expect(body).toMatchObject({ accepted: 50, inspected: true });
      }
    })();
    for (let change = 0; change < 20; change += 1) await put(`${ACME} analyst`, filterOf(`quiet-${change}`)).expect(200);
    changes.done = true;
    await sender;
    const alerted = new Set<string>();
    for (let cursor: string | null = ''; cursor !== null;) {
      const more: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const { body } = await running.http.get(`/api/v1/alerts?rule_id=${RULE}&limit=500${more}`).set(...as(`${ACME} viewer`));
      for (const { entities } of body.items) for (const { type, value } of entities) if (type === 'host') alerted.add(value);
      cursor = body.next_cursor;
    }
    expect(hosts.length).toBeGreaterThan(0);
    expect(hosts.filter((host) => !alerted.has(host))).toEqual([]);
  });
});

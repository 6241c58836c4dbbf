import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Alert } from '../../src/contracts/alert.js';
import { BuiltApp } from '../support/built-app.js';

const RULES = `title: Login to the acme door fails
name: acme_login_failed
id: acme-login-failed
author: Ann
license: DRL-1.1
logsource: { product: acme }
detection: { s: { action: login-failed }, condition: s }
level: low
---
title: Acme door is sprayed
id: acme-spray
author: Bob
license: Apache-2.0
tags: [attack.credential-access, attack.t1110.003]
correlation:
  type: value_count
  rules: [acme_login_failed]
  group-by: [source.ip]
  timespan: 1h
  condition: { field: who, gte: 4 }
level: high
---
title: Acme door is opened
id: acme-open
name: acme_open
logsource: { product: acme }
detection: { s: { action: open }, condition: s }
level: low
---
title: The night watch opens doors
id: acme-night-watch
logsource: { product: acme }
filter:
  rules: [acme_open]
  s: { who: watch }
  condition: s
`;
const OWN = `title: Our janitor opens doors
id: own-janitor
logsource: { product: acme }
filter:
  rules: [acme_open]
  s: { who: janitor }
  condition: s
---
title: A rule has no business here
id: own-rule
logsource: { product: acme }
detection: { s: { action: x }, condition: s }
`;
const ACME = 'acme-corp';
const START = Date.now() - 600_000;

describe('correlation and filter rules of the operator and of tenants', () => {
  let folder: string;
  let app: BuiltApp;

  const start = (dataDir?: string): Promise<BuiltApp> => {
    const env = { GATRA_RULES: join(folder, 'rules.yml'), GATRA_FILTERS: join(folder, 'filters') };
    return BuiltApp.start({ env, ...(dataDir === undefined ? {} : { dataDir }) });
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatra-correlation-'));
    writeFileSync(join(folder, 'rules.yml'), RULES);
    mkdirSync(join(folder, 'filters', ACME), { recursive: true });
    writeFileSync(join(folder, 'filters', ACME, 'own.yml'), OWN);
    app = await start();
  }, 60_000);
  afterAll(async () => {
    await app.stop({ atOnce: true });
    rmSync(folder, { recursive: true, force: true });
  });

  /** Sends acme events; answers their ids. */
  const send = async (tenant: string, events: readonly Record<string, unknown>[]): Promise<string[]> => {
    const answer = await fetch(`${app.baseUrl}/api/v1/events`, {
      method: 'POST',
      headers: { 'X-API-Key': app.apiKey(tenant, 'collector'), 'Content-Type': 'application/json' },
      body: JSON.stringify({ source: 'generic', events: events.map((event) => ({ product: 'acme', ...event })) }),
    });
    expect(answer.status).toBe(202);
    const { batch_id } = (await answer.json()) as { batch_id: string };
    return events.map((_, index) => `${batch_id}.${index}`);
  };
  const failed = (who: string, seconds: number, ip = '203.0.113.9'): Record<string, unknown> => ({
    action: 'login-failed',
    who,
    'source.ip': ip,
    '@timestamp': new Date(START + seconds * 1_000).toISOString(),
  });
  const get = async <T>(tenant: string, path: string): Promise<T> => {
    const answer = await fetch(`${app.baseUrl}/api/v1/${path}`, {
      headers: { Authorization: `Bearer ${await app.token(tenant, 'analyst')}` },
    });
    expect(answer.status).toBe(200);
    return (await answer.json()) as T;
  };
  const alerts = async (tenant: string, rule: string): Promise<readonly Alert[]> =>
    (await get<{ items: readonly Alert[] }>(tenant, `alerts?rule_id=${rule}`)).items;

  it('R02 make one alert of many events, with the evidence, though the app is killed and restarted in the middle of the window', async () => {
    const ids = await send(ACME, [failed('ann', 0), failed('bob', 5), failed('dan', 6, '203.0.113.10')]);
    await app.kill();
    app = await start(app.dataDir);
    ids.push(...(await send(ACME, [failed('ann', 10), failed('eve', 20)])));
    expect(await alerts(ACME, 'acme-spray')).toEqual([]);
    await app.stop({ keep: true, atOnce: true });
    app = await start(app.dataDir);
    ids.push(...(await send(ACME, [failed('joe', 30), failed('kim', 31)])));
    const [alert, ...others] = await alerts(ACME, 'acme-spray');
    expect(others).toEqual([]);
    expect(alert).toMatchObject({
      severity: 'high',
      detector: 'sigma',
      rule: { id: 'acme-spray', title: 'Acme door is sprayed', author: 'Bob; Ann', license: 'Apache-2.0; DRL-1.1', level: 'high' },
      techniques: ['T1110.003'],
      evidence: [ids[1], ids[3], ids[4], ids[5]],
      count: 4,
      reason: expect.stringContaining('4 different values of who for source.ip "203.0.113.9"') as string,
    });
    for (const id of alert?.evidence ?? []) expect(await get(ACME, `events/${id}`)).toMatchObject({ event_id: id });
    await app.kill();
    app = await start(app.dataDir);
    await send(ACME, [failed('lea', 40)]);
    expect(await alerts(ACME, 'acme-spray')).toHaveLength(1);
    expect(await alerts(ACME, 'acme-login-failed')).toEqual([]);
  }, 120_000);

  it('R02 leave out what a filter says, for all tenants or for the one that has it', async () => {
    const events = ['watch', 'janitor', 'ann'].map((who) => ({ action: 'open', who }));
    const sent = { acme: await send(ACME, events), globex: await send('globex', events) };
    const found = async (tenant: string): Promise<string[]> =>
      (await alerts(tenant, 'acme-open')).flatMap(({ evidence }) => evidence).sort();
    expect([await found(ACME), await found('globex')]).toEqual([[sent.acme[2]], [sent.globex[1], sent.globex[2]]]);
  });

  it('are listed with what they are, a tenant’s own to nobody else', async () => {
    interface Listed {
      readonly id: string;
      readonly type: string;
      readonly alerts: boolean;
    }
    const rules = async (tenant: string): Promise<unknown[]> =>
      (await get<{ items: readonly Listed[] }>(tenant, 'rules?limit=500')).items
        .filter(({ id }) => id.startsWith('acme-') || id.startsWith('own-'))
        .map(({ id, type, alerts: isLoud }) => [id, type, isLoud]);
    const shared = [
      ['acme-login-failed', 'detection', false],
      ['acme-night-watch', 'filter', false],
      ['acme-open', 'detection', true],
      ['acme-spray', 'correlation', true],
    ];
    expect(await rules('globex')).toEqual(shared);
    expect(await rules(ACME)).toEqual([...shared, ['own-janitor', 'filter', false]]);
    const listed = await get<{ items: readonly Listed[] }>(ACME, 'rules?type=filter');
    expect(listed.items.map(({ id }) => id)).toEqual(['acme-night-watch', 'own-janitor']);
    const issues = async (tenant: string): Promise<unknown[]> =>
      (
        await get<{ items: readonly { readonly id: string; readonly line: number; readonly reason: string }[] }>(tenant, 'rule-issues')
      ).items.map(({ id, line, reason }) => [id, line, reason]);
    expect(await issues(ACME)).toEqual([['own-rule', 9, 'only filter rules belong to a tenant']]);
    expect(await issues('globex')).toEqual([]);
  });
});

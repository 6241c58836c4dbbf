import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Alert } from '../../src/contracts/alert.js';
import { eventually } from '../support/eventually.js';
import { startApp, type RunningApp } from '../support/running-app.js';

const ACME = 'acme-corp';
const GLOBEX = 'globex';
const SHA256 = '5f'.repeat(32);
const AT = new Date().toISOString();
const sysmon = (event: Record<string, unknown>): Record<string, unknown> => ({
  Channel: 'Microsoft-Windows-Sysmon/Operational',
  Computer: 'ws1.corp.example',
  UtcTime: AT.replace('T', ' ').replace('Z', ''),
  ...event,
});

/** By what is looked for: the pattern, and an event that shows it. */
const SEEN: Readonly<Record<string, readonly [pattern: string, event: Record<string, unknown>]>> = {
  url: ["[url:value = 'http://files.bad.example/drop.php']", { url: 'https://FILES.bad.example/drop.php?id=7' }],
  'registry key': [
    "[windows-registry-key:key = 'HKEY_LOCAL_MACHINE\\\\Software\\\\Bad\\\\Run']",
    sysmon({ EventID: 13, EventType: 'SetValue', TargetObject: 'HKLM\\SOFTWARE\\Bad\\Run\\Updater', Image: 'C:\\Windows\\regedit.exe' }),
  ],
  mutex: ["[mutex:name = 'BadMutex-7']", { mutex: 'Global\\BadMutex-7' }],
  domain: ["[domain-name:value = 'c2.bad.example']", sysmon({ EventID: 22, QueryName: 'x1.C2.bad.example', Image: 'C:\\a\\b.exe' })],
  hash: [
    `[file:hashes.'SHA-256' = '${SHA256}']`,
    sysmon({
      EventID: 7,
      ImageLoaded: 'C:\\t\\x.dll',
      Image: 'C:\\a\\b.exe',
      Hashes: `MD5=${'0a'.repeat(16)},SHA256=${SHA256.toUpperCase()}`,
    }),
  ],
  pattern: [
    "[process:name = 'odd.exe' AND process:command_line LIKE '%--exfil%']",
    sysmon({ EventID: 1, Image: 'C:\\Temp\\odd.exe', CommandLine: 'odd.exe --exfil now' }),
  ],
};

describe('indicators that raw events show', () => {
  let folder: string;
  let running: RunningApp;
  const tokens = new Map<string, string>();
  const post = (tenant: string, path: string, role: string, body: object): ReturnType<RunningApp['http']['post']> =>
    running.http
      .post(path)
      .set('Authorization', `Bearer ${tokens.get(`${tenant} ${role}`)}`)
      .send(body);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatra-intel-'));
    writeFileSync(join(folder, 'allowed.txt'), 'allowed.example\n');
    running = await startApp({ env: { INTEL_MIN_CONFIDENCE: '30', INTEL_ALLOW_LISTS: join(folder, 'allowed.txt') } });
    for (const tenant of [ACME, GLOBEX]) {
      for (const role of ['viewer', 'analyst', 'collector']) tokens.set(`${tenant} ${role}`, await running.token(tenant, role));
    }
  });
  afterAll(async () => {
    await running.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function offer(tenant: string, indicators: readonly Record<string, unknown>[]): Promise<void> {
    const objects = indicators.map((more) => ({
      type: 'indicator',
      spec_version: '2.1',
      pattern_type: 'stix',
      valid_from: '2026-01-01T00:00:00Z',
      confidence: 85,
      ...more,
    }));
    const answer = await post(tenant, '/api/v1/intel/indicators', 'analyst', { type: 'bundle', id: 'bundle--1', objects });
    expect(answer.body).toMatchObject({ accepted: indicators.length, unsupported: [] });
  }

  /** Sends events and answers the ids that they have. */
  async function send(tenant: string, events: readonly Record<string, unknown>[]): Promise<readonly string[]> {
    const answer = await post(tenant, '/api/v1/events', 'collector', { events }).expect(202);
    return events.map((_, index) => `${answer.body.batch_id}.${index}`);
  }

  async function intelAlerts(tenant: string): Promise<Alert[]> {
    const { body } = await running.http
      .get('/api/v1/alerts?limit=500')
      .set('Authorization', `Bearer ${tokens.get(`${tenant} viewer`)}`)
      .expect(200);
    return (body.items as Alert[]).filter(({ detector }) => detector === 'intel');
  }

  /** Sends events again until the last of them, which shows an indicator, raises an alert; answers the alerts by event. */
  async function sendUntilSeen(tenant: string, events: readonly Record<string, unknown>[]): Promise<readonly Alert[][]> {
    let found: Alert[][] = [];
    await eventually(async () => {
      const ids = await send(tenant, events);
      const alerts = await intelAlerts(tenant);
      found = ids.map((id) => alerts.filter(({ evidence }) => evidence.includes(id)));
      expect(found.at(-1)).toHaveLength(1);
    });
    return found;
  }

  it('R02 raise one alert each, with indicator, source and confidence, a moment after the indicator was sent', async () => {
    // The tenant is served before: what is new has to reach the thread that already serves it.
    await send(ACME, [{ action: 'nothing' }]);
    const names = Object.keys(SEEN);
    await offer(
      ACME,
      names.map((name) => ({ id: `indicator--${name}`, name: `the ${name}`, pattern: SEEN[name]?.[0] })),
    );
    const found = await sendUntilSeen(
      ACME,
      names.map((name) => SEEN[name]?.[1] ?? {}),
    );
    expect(found.map((alerts) => alerts.map(({ title }) => title))).toEqual(names.map((name) => [`Indicator seen: the ${name}`]));
    const listed = await running.http
      .get('/api/v1/intel/indicators?source=api')
      .set('Authorization', `Bearer ${tokens.get(`${ACME} viewer`)}`)
      .expect(200);
    const ids = new Map(
      listed.body.items.map((item: { external_id: string; indicator_id: string }) => [item.external_id, item.indicator_id]),
    );
    for (const [at, name] of names.entries()) {
      expect(found[at]?.[0]).toMatchObject({ severity: 'high', indicator_confidence: 0.85, rule: { id: ids.get(`indicator--${name}`), author: 'api' } }); // prettier-ignore
    }
    expect(found[3]?.[0]?.reason).toContain(
      'domain "x1.C2.bad.example" on ws1.corp.example is an indicator "the domain" of api, confidence 85 %',
    );
  });

  it('R02 raise no alert when they are expired, unsure, allow-listed, revoked or of another tenant', async () => {
    const domain = (name: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
      id: `indicator--${name}`,
      pattern: `[domain-name:value = '${name}.example']`,
      ...more,
    });
    await offer(GLOBEX, [
      domain('expired', { valid_until: '2026-02-01T00:00:00Z' }),
      domain('unsure', { confidence: 29 }),
      { ...domain('allowed'), pattern: "[domain-name:value = 'deep.allowed.example']" },
      domain('withdrawn', { revoked: true }),
      domain('early', { valid_from: '2096-01-01T00:00:00Z' }),
      domain('sure'),
    ]);
    const looked = ['expired', 'unsure', 'deep.allowed', 'withdrawn', 'early', 'sure'].map((name) => ({ domain: `${name}.example` }));
    const others = Object.values(SEEN).map(([, event]) => event);
    const found = await sendUntilSeen(GLOBEX, [...others, ...looked]);
    expect(found.slice(0, -1).flat()).toEqual([]);
    expect(found.at(-1)).toHaveLength(1);
  });

  it('R02 raise no alert once the indicator is removed', async () => {
    await offer(GLOBEX, [{ id: 'indicator--passing', pattern: "[mutex:name = 'Passing']" }]);
    const [[alert]] = (await sendUntilSeen(GLOBEX, [{ mutex: 'Passing' }])) as [[Alert]];
    await running.http
      .delete(`/api/v1/intel/indicators/${alert.rule.id}`)
      .set('Authorization', `Bearer ${tokens.get(`${GLOBEX} analyst`)}`)
      .expect(204);
    await eventually(async () => {
      const [id] = await send(GLOBEX, [{ mutex: 'Passing' }]);
      expect((await intelAlerts(GLOBEX)).filter(({ evidence }) => evidence.includes(String(id)))).toEqual([]);
    });
  });
});

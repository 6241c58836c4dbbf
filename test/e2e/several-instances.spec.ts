import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { toTenantId } from '../../src/contracts/tenant.js';
import { verifyAuditFile } from '../../src/platform/audit/verify-audit-file.js';
import { tenantDirectoryPath } from '../../src/platform/storage/data-directory.js';
import { AppCluster } from '../support/app-cluster.js';
import { describeWith, RedisServer } from '../support/redis-server.js';

const TENANT = toTenantId('acme-corp');

describe('several instances on one data directory', () => {
  it('R10 starting at once on an empty directory ends with one set of secrets and one set of credentials', async () => {
    const cluster = await AppCluster.start();
    try {
      const files = readdirSync(cluster.dataDir);
      expect(files.filter((name) => name.includes('.new'))).toEqual([]);
      const key = cluster.app(0).apiKey('platform');
      const answers = await cluster.fetchAll('/api/v1/auth/token', { method: 'POST', headers: { 'X-API-Key': key } });
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      for (const answer of answers) {
        const { access_token: token } = (await answer.json()) as { access_token: string };
        const tenants = await cluster.fetchAll('/api/v1/tenants', { headers: { Authorization: `Bearer ${token}` } });
        const bodies = await Promise.all(tenants.map(async (list) => ((await list.json()) as { items: unknown[] }).items));
        expect(bodies).toEqual([bodies[0], bodies[0], bodies[0]]);
        expect(bodies[0]?.length).toBeGreaterThan(0);
      }
      const { tenants } = JSON.parse(readFileSync(join(cluster.dataDir, 'bootstrap.json'), 'utf8')) as { tenants: object };
      const db = new DatabaseSync(join(cluster.dataDir, 'platform.db'), { readOnly: true });
      expect(db.prepare('SELECT count(*) AS keys FROM api_key').get()).toEqual({ keys: 1 + 6 * Object.keys(tenants).length });
      db.close();
    } finally {
      expect(await cluster.stop()).toEqual([0, 0, 0]);
    }
  });

  it('three of them take events of one tenant at once, one is killed, and nothing acknowledged is lost or stored twice', async () => {
    const cluster = await AppCluster.start();
    const collector = cluster.app(0).apiKey(TENANT, 'collector');
    const acknowledged = new Map<string, string>();
    const send = async (baseUrl: string, number: number): Promise<boolean> => {
      const events = Array.from({ length: 20 }, (_, at) => JSON.stringify({ marker: `batch ${number} event ${at}` }));
      const headers = { 'Content-Type': 'application/x-ndjson', 'X-API-Key': collector, 'Idempotency-Key': `batch-${number}` };
      const answer = await fetch(`${baseUrl}/api/v1/events`, { method: 'POST', headers, body: events.join('\n') }).catch(() => undefined);
      if (!answer) return false;
      const body = (await answer.json()) as { batch_id: string; accepted: number };
      expect([202, 409]).toContain(answer.status);
      if (answer.status === 409) return false;
      expect(body.accepted).toBe(20);
      const earlier = acknowledged.get(`batch-${number}`);
      if (earlier !== undefined) expect(body.batch_id).toBe(earlier);
      acknowledged.set(`batch-${number}`, body.batch_id);
      return true;
    };
    try {
      const sender = async (instance: number): Promise<void> => {
        for (let number = 0; number < 40; number += 1) {
          let baseUrl = cluster.app(instance).baseUrl;
          while (!(await send(baseUrl, number))) baseUrl = cluster.app(instance === 2 ? 0 : instance).baseUrl;
          if (instance === 2 && number === 20) await cluster.kill(2);
        }
      };
      await Promise.all([0, 1, 2].map(sender));
      await cluster.restart(2);
      const token = await cluster.app(2).token(TENANT, 'analyst');
      const hours = `from=${new Date(Date.now() - 7_200_000).toISOString()}&to=${new Date(Date.now() + 7_200_000).toISOString()}`;
      for (const baseUrl of cluster.baseUrls) {
        const answer = await fetch(`${baseUrl}/api/v1/events?limit=500&${hours}`, { headers: { Authorization: `Bearer ${token}` } });
        expect(answer.status).toBe(200);
      }
      const directory = tenantDirectoryPath(cluster.dataDir, TENANT);
      const file = readdirSync(directory).find((name) => /^events-.*\.db$/.test(name)) ?? '';
      const db = new DatabaseSync(join(directory, file), { readOnly: true });
      expect(db.prepare('SELECT count(*) AS batches, sum(records) AS events FROM batch').get()).toEqual({ batches: 40, events: 800 });
      expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
      db.close();
      expect(verifyAuditFile(join(cluster.dataDir, 'platform.db')).fault).toBeUndefined();
      expect(verifyAuditFile(join(directory, 'cases.db')).fault).toBeUndefined();
    } finally {
      await cluster.stop();
    }
  }, 120_000);
});

describeWith(['redis-server'], 'several instances on one data directory and one Redis', () => {
  const RULE = `title: Marked event
id: 2f4b2a0e-70a5-4a37-9d3d-6a7c1f6b9a01
status: test
author: tests
logsource: { product: windows }
detection: { selection: { marker: 'rule-me' }, condition: selection }
level: high
`;
  let rules: string;
  let redis: RedisServer;
  let cluster: AppCluster;
  let operator: string;
  beforeAll(async () => {
    rules = mkdtempSync(join(tmpdir(), 'gatra-rules-'));
    writeFileSync(join(rules, 'marked.yml'), RULE);
    redis = await RedisServer.start();
    cluster = await AppCluster.start({ env: { REDIS_URL: redis.url, GATRA_RULES: rules } });
    operator = await cluster.app(0).token('platform');
  }, 60_000);
  afterAll(async () => {
    await cluster?.stop();
    await redis?.stop();
    rmSync(rules, { recursive: true, force: true });
  });

  const change = async (instance: number, method: string, path: string, body?: object): Promise<unknown> => {
    const headers = { Authorization: `Bearer ${operator}`, 'Content-Type': 'application/json' };
    const answer = await fetch(`${cluster.app(instance).baseUrl}${path}`, { method, headers, body: JSON.stringify(body ?? {}) });
    expect([path, answer.ok]).toEqual([path, true]);
    return answer.json();
  };
  const send = (instance: number, key: string, lines: readonly string[]): Promise<Response> =>
    fetch(`${cluster.app(instance).baseUrl}/api/v1/events?source=windows`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-ndjson', 'X-API-Key': key },
      body: lines.join('\n'),
    });
  const until = async (done: () => boolean | Promise<boolean>): Promise<void> => {
    const deadline = Date.now() + 20_000;
    while (!(await done())) {
      if (Date.now() > deadline) throw new Error('not within 20 s');
      await sleep(50);
    }
  };

  it('R10 a token of any of them is good at all of them, and they share one rate limit', async () => {
    for (const app of cluster.apps) {
      const headers = { Authorization: `Bearer ${await app.token(TENANT, 'analyst')}` };
      const answers = await cluster.fetchAll('/api/v1/alerts?limit=1', { headers });
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    }
    const rate_limits = { ingest_eps: 1, ingest_burst: 30, alerts_per_min: 10 };
    await change(0, 'POST', '/api/v1/tenants', { tenant_id: 'shared', name: 'Shared', rate_limits });
    const body = { principal: 'collector@shared', roles: ['collector'] };
    const { api_key: key } = (await change(0, 'POST', '/api/v1/tenants/shared/api-keys', body)) as { api_key: string };
    for (const instance of [1, 2]) {
      await until(
        async () =>
          (await fetch(`${cluster.app(instance).baseUrl}/api/v1/tenants/shared`, { headers: { Authorization: `Bearer ${operator}` } })).ok,
      );
    }
    const begun = performance.now();
    const answers = await Promise.all(Array.from({ length: 60 }, (_, n) => send(n % 3, key, [`{"n":${n}}`])));
    const elapsed = Math.ceil((performance.now() - begun) / 1_000);
    const taken = answers.filter(({ status }) => status === 202).length;
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(60 - taken);
    expect(taken).toBeGreaterThanOrEqual(30);
    expect(taken).toBeLessThanOrEqual(30 + elapsed);
  });

  it('R10 what they detect is raised and triaged once, whichever of them was asked', async () => {
    const key = cluster.app(0).apiKey(TENANT, 'collector');
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, n) =>
        send(n % 3, key, [`{"EventID":1,"Computer":"ws-${n}","EventRecordID":${n + 1},"marker":"rule-me"}`]),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    const batches = await Promise.all(answers.map(async (answer) => ((await answer.json()) as { batch_id: string }).batch_id));
    const file = join(tenantDirectoryPath(cluster.dataDir, TENANT), 'cases.db');
    const db = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
    try {
      const raised = (): number => Number(db.prepare('SELECT count(*) AS alerts FROM alert').get()?.['alerts']);
      const queued = (): number => Number(db.prepare("SELECT count(*) AS items FROM work_item WHERE state = 'waiting'").get()?.['items']);
      await until(() => raised() >= 24 && queued() === 0);
      const evidence = db
        .prepare('SELECT batch_id, count(*) AS alerts FROM alert_evidence WHERE rule_id LIKE ? GROUP BY batch_id')
        .all('2f4b2a0e-%');
      expect(evidence.map((row) => [row['batch_id'], row['alerts']]).sort()).toEqual(batches.map((id) => [id, 1]).sort());
      const alerts = db
        .prepare('SELECT alert_id FROM alert')
        .all()
        .map((row) => String(row['alert_id']));
      const records = db.prepare("SELECT record FROM audit_log WHERE action = 'alerts.triaged'").all();
      const triaged = records.flatMap(
        (row) => (JSON.parse(String(row['record'])) as { details: { alert_ids: string[] } }).details.alert_ids,
      );
      expect(triaged.sort()).toEqual(alerts.sort());
    } finally {
      db.close();
    }
    expect(verifyAuditFile(file, TENANT).fault).toBeUndefined();
  });

  it('R18 they go on taking and showing events of a tenant while its data key is changed', async () => {
    const key = cluster.app(0).apiKey(TENANT, 'collector');
    const token = await cluster.app(0).token(TENANT, 'analyst');
    const seen: string[] = [];
    let number = 0;
    const round = async (): Promise<void> => {
      for (const instance of [0, 1, 2]) {
        const answer = await send(instance, key, [`{"EventID":1,"Computer":"ws-1","EventRecordID":${1_000 + (number += 1)}}`]);
        expect(answer.status).toBe(202);
        const { batch_id: id } = (await answer.json()) as { batch_id: string };
        seen.push(id);
        const shown = await cluster.fetchAll(`/api/v1/events/${id}.0`, { headers: { Authorization: `Bearer ${token}` } });
        expect(shown.map(({ status }) => status)).toEqual([200, 200, 200]);
      }
    };
    await round();
    await change(1, 'POST', `/api/v1/tenants/${TENANT}/data-key`);
    const sealedWith = (): number => {
      const directory = tenantDirectoryPath(cluster.dataDir, TENANT);
      const name = readdirSync(directory).findLast((entry) => /^events-.*\.db$/.test(entry)) ?? '';
      const db = new DatabaseSync(join(directory, name), { readOnly: true, timeout: 5_000 });
      const body = db.prepare('SELECT body FROM block ORDER BY sequence DESC LIMIT 1').get()?.['body'] as Uint8Array;
      db.close();
      return Buffer.from(body).readUInt32BE(4);
    };
    await until(async () => {
      await round();
      return sealedWith() === 2;
    });
    await round();
    expect(seen.length).toBeGreaterThan(6);
  }, 40_000);
});

import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BuiltApp } from '../support/built-app.js';
import { eventually } from '../support/eventually.js';
import { onPostgres, rowsOfTenant } from '../support/postgres-app.js';
import { describeWithPostgres } from '../support/postgres-server.js';
import { runGatra } from '../support/run-gatra.js';
import { marksRule, RULE_ID, SentBatches, sendBatch, TENANT } from '../support/sent-batches.js';
import { eventsOf, NO_FAULTS, storeFaults } from '../support/stored-events.js';

const SHARED_FILES = ['secrets.json', 'bootstrap.json'];

describeWithPostgres('two machines with nothing in common but PostgreSQL', (server) => {
  const rules = marksRule();
  const sent = new SentBatches();
  let database: string;
  let env: Readonly<Record<string, string>>;
  let apps: [BuiltApp, BuiltApp];

  const start = (dataDir?: string): Promise<BuiltApp> => BuiltApp.start({ env, ...(dataDir === undefined ? {} : { dataDir }) });
  const receiver = (at: 0 | 1) => ({ baseUrl: apps[at].baseUrl, apiKey: apps[at].apiKey(TENANT, 'collector') });
  const get = async <T>(at: 0 | 1, path: string): Promise<T> => {
    const headers = { Authorization: `Bearer ${await apps[at].token(TENANT, 'analyst')}` };
    const answer = await fetch(apps[at].baseUrl + path, { headers });
    expect([path, answer.status]).toEqual([path, 200]);
    return (await answer.json()) as T;
  };
  const post = async (at: 0 | 1, key: string, body: string): Promise<{ readonly batch_id: string; readonly duplicates: number }> => {
    const headers = { 'Content-Type': 'application/x-ndjson', 'X-API-Key': apps[at].apiKey(TENANT, 'collector'), 'Idempotency-Key': key };
    const answer = await fetch(`${apps[at].baseUrl}/api/v1/events?source=windows`, { method: 'POST', headers, body });
    if (answer.status === 409) return post(at, key, body);
    expect(answer.status).toBe(202);
    return (await answer.json()) as { batch_id: string; duplicates: number };
  };
  /** Sends again what was not acknowledged, until it is. */
  const sendAgain = async (): Promise<void> => {
    for (const batch of sent.unanswered) await eventually(async () => expect(await sendBatch(receiver(1), batch)).toBe(202), 30_000);
  };
  /** Alerts of the rule, by the events that they stand for. */
  const raised = async (): Promise<readonly string[]> => {
    const text = 'SELECT evidence, count FROM gatra_tenants.alert WHERE rule_id = $1 AND tenant_id = $2';
    return eventsOf(await server().ask(text, database, [RULE_ID, TENANT]));
  };

  beforeAll(async () => {
    const made = await onPostgres(server());
    database = made.database;
    env = { ...made.env, EVENT_STORE: 'postgres', GATRA_RULES: rules };
    const first = await start();
    const second = mkdtempSync(join(tmpdir(), 'gatra-second-'));
    for (const name of SHARED_FILES) copyFileSync(join(first.dataDir, name), join(second, name));
    apps = [first, await start(second)];
  }, 60_000);
  afterAll(async () => {
    await Promise.all(apps?.map((app) => app.stop()) ?? []);
    rmSync(rules, { recursive: true, force: true });
  });

  it('what one takes the other finds, shows, has receipts of and accounts for', async () => {
    const batches = [0, 1].map(() => sent.next(14));
    for (const [at, batch] of batches.entries()) expect(await sendBatch(receiver(at as 0 | 1), batch)).toBe(202);
    for (const at of [0, 1] as const) {
      expect(await storeFaults(apps[at], sent)).toEqual(NO_FAULTS);
      for (const { batchId } of batches) {
        expect(await get(at, `/api/v1/events/batches/${batchId}`)).toMatchObject({ received: 14, accepted: 14, inspected: true });
      }
      const { items } = await get<{ items: unknown[] }>(at, '/api/v1/events?host=ws-1&limit=100');
      expect(items.length).toBeGreaterThan(3);
    }
    const files = apps.flatMap(({ dataDir }) => readdirSync(dataDir, { recursive: true, encoding: 'utf8' }));
    expect(files.filter((name) => /events-.*\.db|cases\.db|platform\.db/.test(name))).toEqual([]);
  });

  it('one idempotency key is answered once, and what was stored by one is a duplicate at the other', async () => {
    const one = sent.next(5);
    const answers = await Promise.all(([0, 1, 0, 1] as const).map((at) => post(at, one.key, one.events.join('\n'))));
    expect(new Set(answers.map(({ batch_id: id }) => id)).size).toBe(1);
    one.batchId = answers[0]?.batch_id ?? '';
    expect((await post(1, 'another-key', one.events.join('\n'))).duplicates).toBe(5);
    expect(await storeFaults(apps[0], sent)).toEqual(NO_FAULTS);
  });

  it('one is killed, and PostgreSQL is, while both take events: what was acknowledged is there once, and what it detected is raised once', async () => {
    const over = new AbortController();
    const senders = ([0, 1, 0, 1] as const).map(async (at) => {
      while (!over.signal.aborted) {
        const batch = sent.next(10);
        for (
          let status = await sendBatch(receiver(at), batch);
          status !== 202 && !over.signal.aborted;
          status = await sendBatch(receiver(at), batch)
        ) {
          if (status !== undefined) expect([409, 503]).toContain(status);
          await sleep(50);
        }
      }
    });
    const acknowledged = (): number => sent.acknowledged.size;
    const more = async (): Promise<void> => {
      const before = acknowledged();
      await eventually(() => expect(acknowledged()).toBeGreaterThan(before + 100), 30_000);
    };
    try {
      await more();
      const { dataDir } = apps[0];
      await apps[0].kill();
      await more();
      apps[0] = await start(dataDir);
      await more();
      await server().kill();
      await eventually(async () => expect((await fetch(`${apps[1].baseUrl}/health/ready`)).status).toBe(503), 30_000);
      await server().begin();
      await more();
    } finally {
      over.abort();
      await Promise.all(senders);
    }
    await sendAgain();
    for (const at of [0, 1] as const) expect(await storeFaults(apps[at], sent)).toEqual(NO_FAULTS);
    await eventually(async () => expect((await raised()).length).toBeGreaterThanOrEqual(sent.marked.length), 30_000);
    expect(await raised()).toEqual([...sent.marked].sort());
  }, 180_000);

  it('commands work on what is there: a tenant is exported and imported as another, months are told, and a backup says where events are', async () => {
    const [{ dataDir }] = apps;
    const gatra = async (...args: string[]): Promise<string> => {
      const done = await runGatra(args, { ...env, PATH: process.env['PATH'] ?? '', ENVIRONMENT: 'development', GATRA_DATA_DIR: dataDir });
      expect([done.code, done.err]).toEqual([0, '']);
      return done.out;
    };
    const place = mkdtempSync(join(tmpdir(), 'gatra-events-export-'));
    try {
      await gatra('tenant', 'export', '--tenant', TENANT, '--out', join(place, 'acme'));
      expect(await gatra('tenant', 'import', '--from', join(place, 'acme'), '--as', 'acme-again')).toContain(
        `${sent.acknowledged.size} events`,
      );
      const count = (tenant: string): Promise<readonly object[]> =>
        server().ask(
          `SELECT (SELECT sum(records) FROM gatra_tenants.event_batch WHERE tenant_id = $1) AS stored,
            (SELECT count(*) FROM gatra_tenants.event_identity WHERE tenant_id = $1) AS known,
            (SELECT sum(events) FROM gatra_tenants.event_hour WHERE tenant_id = $1 AND kind = 'stored') AS counted`,
          database,
          [tenant],
        );
      expect(await count('acme-again')).toEqual(await count(TENANT));
      expect(await gatra('retention', '--tenant', TENANT, '--dry-run')).toMatch(
        new RegExp(`stays +${TENANT} +\\d{4}-\\d{2} +${sent.acknowledged.size} events`),
      );
      expect(await gatra('backup', '--out', join(place, 'backup'))).toContain('Events, cases, keys and audit logs are in PostgreSQL');
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  }, 60_000);

  it('a tenant is deleted with its events, wherever they came in', async () => {
    const operator = { Authorization: `Bearer ${await apps[1].token('platform')}` };
    const path = `${apps[1].baseUrl}/api/v1/tenants/${TENANT}`;
    const { version } = (await (await fetch(path, { headers: operator })).json()) as { version: number };
    const deleting = await fetch(`${path}?confirm=${TENANT}`, { method: 'DELETE', headers: { ...operator, 'If-Match': `"${version}"` } });
    expect(deleting.status).toBe(202);
    await eventually(async () => {
      const erasure = await fetch(`${path}/erasure`, { headers: operator });
      expect(await erasure.json()).toMatchObject({ state: 'done', scan: { traces: 0 } });
    }, 30_000);
    expect(await rowsOfTenant(server(), database, TENANT)).toEqual({});
  }, 60_000);

  it('neither starts with events in the other place', async () => {
    const own = mkdtempSync(join(tmpdir(), 'gatra-own-'));
    try {
      for (const name of SHARED_FILES) copyFileSync(join(apps[0].dataDir, name), join(own, name));
      await expect(BuiltApp.start({ env: { ...env, EVENT_STORE: 'files' }, dataDir: own })).rejects.toThrow('set EVENT_STORE to postgres');
      mkdirSync(join(own, 'tenants', 'somebody'), { recursive: true });
      writeFileSync(join(own, 'tenants', 'somebody', 'events-2026-01.db'), '');
      await expect(BuiltApp.start({ env, dataDir: own })).rejects.toThrow('EVENT_STORE is postgres, but');
      const without = BuiltApp.start({ env: { EVENT_STORE: 'postgres' }, dataDir: own });
      await expect(without).rejects.toThrow('DATABASE_URL is missing, as EVENT_STORE is postgres');
    } finally {
      rmSync(own, { recursive: true, force: true });
    }
  }, 60_000);
});

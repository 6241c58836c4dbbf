import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { toTenantId } from '../../src/contracts/tenant.js';
import { AccountingCheck } from '../../src/mssp/ingest/accounting-check.js';
import { tenantDirectoryPath } from '../../src/platform/storage/data-directory.js';
import { AppCluster } from '../support/app-cluster.js';
import { startApp, type RunningApp } from '../support/running-app.js';

const TENANT = toTenantId('globex');

interface Receipt {
  readonly batch_id: string;
  readonly received: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: readonly { code: string }[];
}

/** Changes a tenant's event file behind the application's back. */
function tamper(dataDir: string, sql: string): void {
  const directory = tenantDirectoryPath(dataDir, TENANT);
  const file = readdirSync(directory).find((name) => /^events-.*\.db$/.test(name)) ?? '';
  const db = new DatabaseSync(join(directory, file), { timeout: 5_000 });
  db.exec(sql);
  db.close();
}

describe('the account of events', () => {
  let app: RunningApp;
  beforeAll(async () => (app = await startApp()));
  afterAll(() => app.close());

  const send = (lines: readonly string[]) =>
    app.http
      .post('/api/v1/events?source=generic')
      .set('X-API-Key', app.apiKey(TENANT, 'collector'))
      .set('Content-Type', 'application/x-ndjson')
      .send(lines.join('\n'));
  const receiptOf = async (id: string, tenant: string = TENANT) =>
    app.http.get(`/api/v1/events/batches/${id}`).set('Authorization', `Bearer ${await app.token(tenant, 'viewer')}`);

  it('a receipt resolves to what became of its batch, for its tenant alone', async () => {
    const event = (record: number): string => `{"event_id":"e-${record}","host":"ws-1"}`;
    await send([event(1)]).expect(202);
    const { body: sent } = await send([event(1), event(2), '17', event(2), '"text"']).expect(202);
    const { status, body } = await receiptOf(sent.batch_id);
    expect([status, body]).toEqual([
      200,
      {
        batch_id: sent.batch_id,
        tenant_id: TENANT,
        correlation_id: sent.correlation_id,
        received_at: expect.any(String),
        received: 5,
        accepted: 1,
        duplicates: 2,
        rejected: { not_an_object: 2 },
        inspected: true,
        alerts_pending: false,
      },
    ]);
    const { body: nothing } = await send([event(1)]).expect(202);
    expect((await receiptOf(nothing.batch_id)).body).toMatchObject({ received: 1, accepted: 0, duplicates: 1, inspected: true });
    for (const id of ['x', 'f0e1d2c3-0000-7000-8000-000000000000', `${String(sent.batch_id)}.0`])
      expect((await receiptOf(id)).status).toBe(404);
    expect((await receiptOf(sent.batch_id, 'acme-corp')).status).toBe(404);
  });

  it('what cannot be accounted for is an alarm: a metric and one audit record, until it is there again', async () => {
    const check = app.app.get(AccountingCheck, { strict: false });
    const operator = `Bearer ${await app.token('platform')}`;
    const metric = async (): Promise<string | undefined> =>
      /^accounting_remainder\{tenant_id="globex"\} (\S+)$/m.exec((await app.http.get('/metrics').set('Authorization', operator)).text)?.[1];
    const records = async (): Promise<object[]> => {
      const token = `Bearer ${await app.token(TENANT, 'tenant_admin')}`;
      return (await app.http.get('/api/v1/audit?action=accounting.remainder').set('Authorization', token)).body.items;
    };
    const account = async (): Promise<{ readonly remainder: number; readonly hours: readonly { readonly remainder: number }[] }> =>
      (await app.http.get('/api/v1/accounting').set('Authorization', `Bearer ${await app.token(TENANT, 'viewer')}`)).body;
    const { body } = await send(['{"marker":"kept"}', '{"marker":"lost"}']).expect(202);
    await check.check();
    expect([await metric(), await records(), (await account()).remainder]).toEqual(['0', [], 0]);
    tamper(app.dataDir, `UPDATE batch SET records = 1 WHERE batch_id = '${String(body.batch_id)}'`);
    await send(['{"marker":"more"}']).expect(202);
    for (let times = 0; times < 2; times += 1) await check.check();
    expect(await metric()).toBe('1');
    const { remainder, hours } = await account();
    expect([remainder, hours.reduce((sum, hour) => sum + hour.remainder, 0)]).toEqual([1, 1]);
    expect(await records()).toMatchObject([{ outcome: 'failure', details: { remainder: 1 } }]);
    tamper(app.dataDir, `UPDATE batch SET records = 2 WHERE batch_id = '${String(body.batch_id)}'`);
    await check.check();
    expect([await metric(), (await records()).length, (await account()).remainder]).toEqual(['0', 1, 0]);
  });
});

describe('the account of events through kills', () => {
  it('DUR-11 trap.P20-ack-means-durable: it closes over two instances that are killed at random moments, with duplicates, rejects and refusals among what is sent', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'gatra-account-'));
    const cluster = await AppCluster.start({ size: 2, dataDir });
    const collector = cluster.app(0).apiKey(TENANT, 'collector');
    const receipts = new Map<string, Receipt>();
    let refused = 0;
    const stop = new AbortController();
    const send = async (instance: number, key: string, lines: readonly string[]): Promise<boolean> => {
      const headers = { 'Content-Type': 'application/x-ndjson', 'X-API-Key': collector, 'Idempotency-Key': key };
      const url = `${cluster.app(instance).baseUrl}/api/v1/events?source=generic`;
      const answer = await fetch(url, { method: 'POST', headers, body: lines.join('\n') })
        .then(async (response) => ({ status: response.status, body: (await response.json()) as Receipt }))
        .catch(() => undefined);
      if (answer?.status === 429) refused += lines.length;
      if (answer?.status !== 202) return false;
      const earlier = receipts.get(key);
      if (earlier) expect(answer.body).toEqual(earlier);
      receipts.set(key, answer.body);
      return true;
    };
    const sender = async (instance: number): Promise<void> => {
      for (let number = 0; !stop.signal.aborted; number += 1) {
        const fresh = Array.from({ length: 20 }, (_, at) => {
          const record = (instance * 1_000_000 + number * 20 + at) % 3_000;
          return `{"event_id":"e-${instance}-${record}","host":"ws-${instance}"}`;
        });
        while (!(await send(instance, `${instance}-${number}`, [...fresh, 'not json', '17']))) await sleep(50);
      }
    };
    try {
      const senders = [0, 1].map(sender);
      for (let kill = 0; kill < 3; kill += 1) {
        await sleep(300 + Math.random() * 700);
        await cluster.kill(kill % 2);
        await cluster.restart(kill % 2);
      }
      await sleep(500);
      stop.abort();
      await Promise.all(senders);
      const token = await cluster.app(0).token(TENANT, 'viewer');
      const get = async (path: string): Promise<Record<string, unknown>> =>
        (await (await cluster.fetch(path, { headers: { Authorization: `Bearer ${token}` } })).json()) as Record<string, unknown>;
      const totals = { received: 0, stored: 0, duplicates: 0, rejected: 0, shed: 0 };
      const account = await get('/api/v1/accounting');
      const sum = (counts: Record<string, number>): number => Object.values(counts).reduce((all, count) => all + count, 0);
      type Hour = Record<'received' | 'stored' | 'duplicates', number> & Record<'rejected' | 'shed', Record<string, number>>;
      for (const hour of account['hours'] as Hour[]) {
        for (const name of ['received', 'stored', 'duplicates'] as const) totals[name] += hour[name];
        for (const name of ['rejected', 'shed'] as const) totals[name] += sum(hour[name]);
      }
      const all = [...receipts.values()];
      const acknowledged = (of: (receipt: Receipt) => number): number => all.reduce((count, receipt) => count + of(receipt), 0);
      expect(account['remainder']).toBe(0);
      expect(totals).toMatchObject({
        stored: acknowledged(({ accepted }) => accepted),
        duplicates: acknowledged(({ duplicates }) => duplicates),
        rejected: acknowledged(({ rejected }) => rejected.length),
        received: acknowledged(({ received }) => received) + totals.shed,
      });
      // What was turned away in the last moment before a kill is forgotten, as received and as shed alike.
      expect(totals.shed).toBeLessThanOrEqual(refused);
      expect(all.length).toBeGreaterThan(20);
      for (const receipt of all) {
        const { received, accepted, duplicates } = receipt;
        const kept = await get(`/api/v1/events/batches/${receipt.batch_id}`);
        expect(kept).toMatchObject({ received, accepted, duplicates, inspected: true });
        expect(sum(kept['rejected'] as Record<string, number>)).toBe(receipt.rejected.length);
      }
    } finally {
      stop.abort();
      await cluster.stop();
      rmSync(dataDir, { recursive: true, force: true });
    }
  }, 120_000);
});

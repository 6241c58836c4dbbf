import { setTimeout as wait } from 'node:timers/promises';
import { PubSubTroubles } from '../../src/platform/pubsub/pubsub-troubles.js';
import { detection } from '../contract/alert-store-fixtures.js';
import { callerOf, raiseAndTriage } from '../e2e/alerts-support.js';
import { BuiltApp } from '../support/built-app.js';
import { eventually } from '../support/eventually.js';
import { describeWithPubSub } from '../support/pubsub-server.js';
import { startApp, type RunningApp } from '../support/running-app.js';
import { marksRule, sendBatch, SentBatches, TENANT } from '../support/sent-batches.js';
import { TcpFaultProxy } from '../support/tcp-fault-proxy.js';
import { TopicReader } from '../support/topic-reader.js';

const ACME_TOPIC = 'gatra-acme-corp-alerts';
const GLOBEX_TOPIC = 'gatra-globex-alerts';
const PATIENCE_MS = 60_000;

const detections = (count: number) => Array.from({ length: count }, (_, index) => detection(index));

/** Alerts of a tenant as the API shows them, by id. */
async function shownAlerts(app: RunningApp, tenant: string): Promise<ReadonlyMap<string, { alert_id: string; version: number }>> {
  const caller = await callerOf(app, tenant, 'analyst');
  const shown = new Map<string, { alert_id: string; version: number }>();
  for (let cursor: string | null = ''; cursor !== null;) {
    const { body } = await caller.get(`/api/v1/alerts?limit=200${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`).expect(200);
    const page = body as { items: { alert_id: string; version: number }[]; next_cursor: string | null };
    for (const alert of page.items) shown.set(alert.alert_id, alert);
    cursor = page.next_cursor;
  }
  return shown;
}

/** Ids of every message that there is to be for alerts as they are now. */
function idsOf(alerts: ReadonlyMap<string, { alert_id: string; version: number }>): string[] {
  return [...alerts.values()].flatMap(({ alert_id, version }) => Array.from({ length: version }, (_, i) => `${alert_id}@${i + 1}`)).sort();
}

describeWithPubSub('alerts in Pub/Sub', (server) => {
  const apps: RunningApp[] = [];
  const readers: TopicReader[] = [];
  afterEach(async () => {
    await Promise.all(readers.splice(0).map((reader) => reader.stop()));
    await Promise.all(apps.splice(0).map((app) => app.close()));
    await server().kill();
    await server().begin();
  });
  const start = async (env: Record<string, string>): Promise<RunningApp> => {
    const app = await startApp({ env });
    apps.push(app);
    return app;
  };
  const read = async (topic: string): Promise<TopicReader> => {
    const reader = await TopicReader.start(server().client(), topic);
    readers.push(reader);
    return reader;
  };

  it('tells of alerts of two tenants in their own topics alone, whole and in the order of what happened', async () => {
    const [acme, globex] = [await read(ACME_TOPIC), await read(GLOBEX_TOPIC)];
    const app = await start(server().env());
    await raiseAndTriage(app, 'acme-corp', 'b1', detections(30));
    await raiseAndTriage(app, 'globex', 'b2', detections(20));
    const analyst = await callerOf(app, 'acme-corp', 'analyst');
    for (const { alert_id, version } of (await shownAlerts(app, 'acme-corp')).values()) {
      await analyst.patch(`/api/v1/alerts/${alert_id}`, { version, status: 'in_progress' }).expect(200);
    }
    const expected = idsOf(await shownAlerts(app, 'acme-corp'));
    expect(expected).toHaveLength(90);
    await eventually(() => expect(acme.messages).toHaveLength(90), PATIENCE_MS);
    await eventually(() => expect(globex.messages).toHaveLength(40), PATIENCE_MS);
    expect([...acme.times.keys()].sort()).toEqual(expected);
    expect([...globex.times.keys()].sort()).toEqual(idsOf(await shownAlerts(app, 'globex')));
    for (const reader of [acme, globex]) expect(reader.disordered).toEqual([]);
    expect(new Set(acme.messages.map(({ attributes }) => attributes['tenant_id']))).toEqual(new Set(['acme-corp']));
    expect(new Set(globex.messages.map(({ alert }) => alert['tenant_id']))).toEqual(new Set(['globex']));
    const last = acme.messages.filter(({ version }) => version === 3)[0];
    expect(last?.attributes).toMatchObject({ event: 'changed', correlation_id: expect.any(String), version: '3' });
    const { body } = await analyst.get(`/api/v1/alerts/${last?.alertId ?? ''}`).expect(200);
    expect(last?.alert).toEqual(body);
    expect(acme.messages.filter(({ version }) => version === 1).every(({ attributes }) => attributes['event'] === 'raised')).toBe(true);
  });

  it('loses nothing while Pub/Sub is away and while calls are cut off, and tells once what was not cut off', async () => {
    const proxy = await TcpFaultProxy.start(server().port);
    const reader = await read(ACME_TOPIC);
    const app = await start({ ...server().env(proxy.port), CIRCUIT_BREAKER_PUBSUB_RECOVERY_TIMEOUT: '0.5' });
    for (let turn = 0; turn < 12; turn += 1) {
      if (turn === 3 || turn === 8) proxy.poison({ kind: 'down' });
      if (turn === 6) proxy.poison({ kind: 'timeout' });
      if (turn === 5 || turn === 7 || turn === 10) proxy.heal();
      await raiseAndTriage(app, 'acme-corp', `b${turn}`, detections(20)).catch(() => undefined);
    }
    const expected = idsOf(await shownAlerts(app, 'acme-corp'));
    await eventually(() => expect(reader.times.size).toBe(expected.length), PATIENCE_MS);
    expect([...reader.times.keys()].sort()).toEqual(expected);
    expect(reader.disordered).toEqual([]);
    const twice = [...reader.times.values()].filter((times) => times > 1).length;
    expect(twice).toBeLessThan(expected.length / 2);
    await app.close();
    apps.splice(0);
    await proxy.stop();
  });

  it('waits for a server that was killed and for the topic that is missing then, which health names', async () => {
    const reader = await read(ACME_TOPIC);
    const app = await start({ ...server().env(), CIRCUIT_BREAKER_PUBSUB_RECOVERY_TIMEOUT: '0.5' });
    await raiseAndTriage(app, 'acme-corp', 'b1', detections(40));
    await eventually(() => expect(reader.messages).toHaveLength(80), PATIENCE_MS);
    await server().kill();
    for (const batch of ['b2', 'b3']) await raiseAndTriage(app, 'acme-corp', batch, detections(40)).catch(() => undefined);
    await server().begin();
    const missing = `projects/gatra-test/topics/${ACME_TOPIC} does not exist`;
    await eventually(() => expect(app.app.get(PubSubTroubles).check()).rejects.toThrow(missing), PATIENCE_MS);
    const { body } = await app.http.get('/health').expect(503);
    expect(body).toMatchObject({ status: 'degraded', ready: true });
    expect((body as { checks: object[] }).checks).toContainEqual(expect.objectContaining({ name: 'pubsub', healthy: false }));
    await reader.begin();
    const expected = idsOf(await shownAlerts(app, 'acme-corp'));
    expect(expected).toHaveLength(240);
    await eventually(() => expect(reader.times.size).toBe(240), PATIENCE_MS);
    expect(Math.max(...reader.times.values())).toBe(1);
    expect(reader.disordered).toEqual([]);
    await expect(app.app.get(PubSubTroubles).check()).resolves.toBeUndefined();
  });

  it('makes topics where that is wanted, with the tenant', async () => {
    const app = await start({ ...server().env(), GCP_PUBSUB_CREATE_TOPICS: 'true' });
    const topics = async (): Promise<string[]> => {
      const [found] = await server().client().getTopics();
      return found.map(({ name }) => name.split('/').at(-1) ?? '').sort();
    };
    await eventually(async () => expect(await topics()).toEqual([ACME_TOPIC, GLOBEX_TOPIC]), PATIENCE_MS);
    await server().client().topic(ACME_TOPIC).delete();
    await raiseAndTriage(app, 'acme-corp', 'b1', detections(1));
    await eventually(async () => expect(await topics()).toEqual([ACME_TOPIC, GLOBEX_TOPIC]), PATIENCE_MS);
  });

  it('loses nothing over kill -9 under load', async () => {
    const reader = await read(ACME_TOPIC);
    const env = { ...server().env(), GATRA_RULES: marksRule() };
    const sent = new SentBatches();
    let app = await BuiltApp.start({ env });
    for (let kill = 0; kill < 4; kill += 1) {
      const receiver = { baseUrl: app.baseUrl, apiKey: app.apiKey(TENANT, 'collector') };
      const senders = Array.from({ length: 3 }, async () => {
        while ((await sendBatch(receiver, sent.next(60))) === 202);
      });
      await wait(300 + 250 * kill);
      await app.kill();
      await Promise.all(senders);
      app = await BuiltApp.start({ env, dataDir: app.dataDir });
      for (const batch of sent.unanswered) await sendBatch({ baseUrl: app.baseUrl, apiKey: app.apiKey(TENANT, 'collector') }, batch);
    }
    const evidence = (): Set<string> => new Set(reader.messages.flatMap(({ alert }) => alert['evidence'] as string[]));
    const missing = (): string[] => {
      const told = evidence();
      return sent.marked.filter((event) => !told.has(event));
    };
    expect(sent.marked.length).toBeGreaterThan(50);
    await eventually(() => expect(missing()).toEqual([]), PATIENCE_MS);
    expect(reader.disordered).toEqual([]);
    await app.stop({ atOnce: true });
  });
});

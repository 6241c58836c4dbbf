import { PubSubTroubles } from '../../src/platform/pubsub/pubsub-troubles.js';
import { eventually } from '../support/eventually.js';
import { eventOf, eventSubscription } from '../support/event-subscription.js';
import { describeWithPubSub } from '../support/pubsub-server.js';
import { startApp, type RunningApp } from '../support/running-app.js';
import { balanceOf, storedNumbers, upTo } from '../support/stored-account.js';

const PATIENCE_MS = 90_000;

describeWithPubSub('events from Pub/Sub', (server) => {
  const apps: RunningApp[] = [];
  afterEach(async () => {
    await Promise.all(apps.splice(0).map((app) => app.close()));
  });
  const start = async (env: Readonly<Record<string, string>>): Promise<RunningApp> => {
    const app = await startApp({ env: { ...server().env(), ...env } });
    apps.push(app);
    return app;
  };

  it('are stored once each, though all of them come again in other batches, and left to nobody', async () => {
    const rig = await eventSubscription(server().client(), 'acme-corp');
    await rig.publish(0, 1_500);
    const app = await start(rig.env);
    await rig.publish(1_500, 500);
    await eventually(async () => expect((await balanceOf(app, 'acme-corp')).stored).toBe(2_000), PATIENCE_MS);
    await rig.rewind();
    await eventually(async () => expect((await balanceOf(app, 'acme-corp')).duplicates).toBeGreaterThanOrEqual(2_000), PATIENCE_MS);
    expect(await storedNumbers(app, 'acme-corp')).toEqual(upTo(2_000));
    expect(await balanceOf(app, 'acme-corp')).toMatchObject({ stored: 2_000, rejected: 0, remainder: 0 });
    expect(await storedNumbers(app, 'globex')).toEqual([]);
    await app.close();
    apps.splice(0);
    expect(await rig.left()).toEqual([]);
  });

  it('are accounted for as rejected where they cannot be read, do not come again, and leave the others alone', async () => {
    const rig = await eventSubscription(server().client(), 'acme-corp');
    const app = await start(rig.env);
    const lines = [eventOf(1), '{"broken', eventOf(2)].join('\n');
    const pretty = JSON.stringify({ host: 'h-3', message: 'on several lines' }, null, 2);
    for (const data of [eventOf(0), lines, 'no json', '[1]', pretty]) await rig.topic.publishMessage({ data: Buffer.from(data) });
    await rig.topic.publishMessage({ data: Buffer.alloc(0), attributes: { tenant_id: 'globex' } });
    await eventually(async () => expect((await balanceOf(app, 'acme-corp')).received).toBe(8), PATIENCE_MS);
    expect(await balanceOf(app, 'acme-corp')).toMatchObject({ received: 8, stored: 4, rejected: 4, duplicates: 0, remainder: 0 });
    expect(await storedNumbers(app, 'acme-corp')).toEqual([0, 1, 2, 3]);
    expect(await storedNumbers(app, 'globex')).toEqual([]);
    await app.close();
    apps.splice(0);
    expect(await rig.left()).toEqual([]);
  });

  it('keep to the limit of their tenant, and none is lost', async () => {
    const rig = await eventSubscription(server().client(), 'acme-corp');
    const app = await start(rig.env);
    const operator = await app.token('platform');
    const limits = { ingest_eps: 200, ingest_burst: 150, alerts_per_min: 100 };
    await app.http.patch('/api/v1/tenants/acme-corp').auth(operator, { type: 'bearer' }).send({ rate_limits: limits }).expect(200);
    const begun = performance.now();
    await rig.publish(0, 1_200);
    await eventually(async () => expect((await balanceOf(app, 'acme-corp')).stored).toBe(1_200), PATIENCE_MS);
    expect(performance.now() - begun).toBeGreaterThan((1_000 * (1_200 - 150)) / 200);
    expect(await storedNumbers(app, 'acme-corp')).toEqual(upTo(1_200));
    expect((await balanceOf(app, 'acme-corp')).remainder).toBe(0);
    await app.close();
    apps.splice(0);
    expect(await rig.left()).toEqual([]);
  });

  it('have health name a subscription that is missing', async () => {
    const other = await eventSubscription(server().client(), 'acme-corp');
    await server()
      .client()
      .subscription(other.topic.name.split('/').at(-1) ?? '')
      .delete();
    const missing = await start(other.env);
    await eventually(
      () => expect(missing.app.get(PubSubTroubles).check()).rejects.toThrow(/subscriptions\/events-\d+ does not exist/),
      PATIENCE_MS,
    );
  });
});

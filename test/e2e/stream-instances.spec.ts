import { randomInt } from 'node:crypto';
import { rmSync } from 'node:fs';
import { AppCluster } from '../support/app-cluster.js';
import { EventStream } from '../support/event-stream.js';
import { onPostgres } from '../support/postgres-app.js';
import { describeWithPostgres } from '../support/postgres-server.js';
import { marksRule, SentBatches, sendBatch, TENANT } from '../support/sent-batches.js';

/** Without a signal between the instances a stream looks every second at the soonest, and work every 15. */
const AT_ONCE_MS = 900;
const BATCHES = 30;
const EVENTS = 35;
/** Everything that both are sent is stored, judged and told within it, whatever else the machine does. */
const PATIENCE_MS = 45_000;

describeWithPostgres('the stream of two instances on PostgreSQL', (server) => {
  const rules = marksRule();
  let cluster: AppCluster;
  let token: string;
  beforeAll(async () => {
    const { env } = await onPostgres(server());
    cluster = await AppCluster.start({ size: 2, env: { ...env, GATRA_RULES: rules } });
    token = await cluster.app(0).token(TENANT, 'analyst');
  }, 120_000);
  afterAll(async () => {
    await cluster?.stop();
    rmSync(rules, { recursive: true, force: true });
  });

  const listen = (instance: number, lastEventId?: string): Promise<EventStream> =>
    EventStream.open(cluster.app(instance).baseUrl, { token, lastEventId });
  const send = async (instance: number, batches: SentBatches): Promise<void> => {
    const { baseUrl } = cluster.app(instance);
    await sendBatch({ baseUrl, apiKey: cluster.app(0).apiKey(TENANT, 'collector') }, batches.next(EVENTS));
  };

  it('tells at each what was done at the other, at once', async () => {
    const streams = await Promise.all([listen(0), listen(1)]);
    await Promise.all(streams.map((stream) => stream.until(({ events }) => events.length === 1)));
    const batches = new SentBatches(1_000_000);
    const waits: number[] = [];
    for (const instance of [0, 1, 0, 1]) {
      const [own, other] = instance === 0 ? streams : [...streams].reverse();
      const before = own?.changes.length ?? 0;
      await send(instance, batches);
      await own?.until(({ changes }) => changes.length > before);
      const begun = performance.now();
      await other?.until(({ changes }) => changes.length > before);
      waits.push(performance.now() - begun);
    }
    process.stdout.write(`told at the other instance after ${waits.map((ms) => Math.round(ms)).join(', ')} ms\n`);
    expect(Math.max(...waits)).toBeLessThan(AT_ONCE_MS);
    for (const stream of streams) stream.close();
  });

  it('loses nothing and tells nothing twice to who goes from one to the other while both are sent events', async () => {
    const start = await listen(0);
    await start.until(({ events }) => events.length > 0);
    // What was still on its way from before may have come by now.
    const from = start.events[0]?.id ?? '';
    const state = { isDone: false };
    const writing = Promise.all(
      [0, 1].map(async (instance) => {
        const batches = new SentBatches((instance + 2) * 1_000_000);
        for (let n = 0; n < BATCHES; n += 1) await send(instance, batches);
      }),
    ).then(() => (state.isDone = true));
    const follow = async (): Promise<string[]> => {
      const ids: string[] = [];
      let lastEventId = from;
      for (let turn = 0; !state.isDone || turn % 2 === 1; turn += 1) {
        const stream = await listen(turn % 2, lastEventId);
        const least = randomInt(0, 40);
        await stream.until(({ changes }) => changes.length >= least || state.isDone, PATIENCE_MS);
        stream.close();
        ids.push(...stream.changes.map(({ id }) => id));
        ({ lastEventId } = stream);
      }
      const rest = await listen(0, lastEventId);
      await rest.until(({ told }) => ids.length + told.length >= start.changes.length, PATIENCE_MS);
      ids.push(...rest.changes.map(({ id }) => id));
      rest.close();
      return ids;
    };
    const [one, other] = await Promise.all([follow(), follow(), writing]);
    const told = start.changes.map(({ id }) => id);
    start.close();
    expect(told.map((id) => Number(id.split('-')[0]))).toEqual(told.map((_, n) => Number(from.split('-')[0]) + n + 1));
    for (const ids of [one, other]) {
      const most = Math.min(ids.length, told.length);
      expect(most).toBeGreaterThan(BATCHES);
      expect(ids.slice(0, most)).toEqual(told.slice(0, most));
      expect(new Set(ids).size).toBe(ids.length);
    }
  }, 60_000);

  it('ends at the one that is stopped, which does not wait for it, and goes on at the other', async () => {
    const [stream, witness] = [await listen(1), await listen(0)];
    await Promise.all([stream, witness].map((each) => each.until(({ events }) => events.length > 0)));
    const begun = performance.now();
    const code = await cluster.app(1).stop({ keep: true });
    const took = performance.now() - begun;
    expect([code, stream.isOver, took < 5_000]).toEqual([0, true, true]);
    await send(0, new SentBatches(5_000_000));
    await witness.until(({ changes }) => changes.length > 0);
    const resumed = await listen(0, stream.lastEventId);
    await resumed.until(({ changes }) => changes.length >= 1);
    const seen = [...stream.changes, ...resumed.changes].map(({ id }) => id);
    expect(new Set(seen).size).toBe(seen.length);
    resumed.close();
    witness.close();
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { PostgresHolders } from '../../src/platform/work-queue/postgres-holders.js';
import { describeWithPostgres } from '../support/postgres-server.js';
import { TcpFaultProxy } from '../support/tcp-fault-proxy.js';

describeWithPostgres('processes on one PostgreSQL that have work in hand', (server) => {
  let elapsed: number;
  let database: string;
  const open: PostgresHolders[] = [];
  const make = (): PostgresHolders => {
    const made = new PostgresHolders(server().url(database, 'gatra_app'), () => elapsed);
    open.push(made);
    return made;
  };
  beforeEach(async () => {
    database = await server().emptyDatabase();
    elapsed = 0;
  });
  afterEach(async () => {
    for (const holders of open.splice(0)) await holders.onApplicationShutdown();
  });

  it('a claim is gone once it has ended, and once its process or nobody has been there for fifteen seconds', async () => {
    const [one, two] = [make(), make()];
    const [claim, other, unknown] = [await one.begin(), await two.begin(), 'f0e1d2c3-0000-4000-8000-000000000000/1'];
    expect(await one.gone([claim, other, unknown])).toEqual([]);
    elapsed += 16_000;
    expect(await one.gone([claim, other, unknown])).toEqual([unknown]);
    one.end(claim);
    expect(await one.gone([claim])).toEqual([claim]);
    expect(await two.gone([claim])).toEqual([]);
    await one.onApplicationShutdown();
    await server().ask('SELECT pg_sleep(0.1)');
    expect(await two.gone([claim, other])).toEqual([]);
    elapsed += 16_000;
    expect(await two.gone([claim, other])).toEqual([claim]);
  });

  it('DUR-15 a process that stands still is gone after a minute of the observer’s own clock, and one that beats is not', async () => {
    const [one, two] = [make(), make()];
    const [still, beating] = [await one.begin(), await two.begin()];
    const observer = make();
    expect(await observer.gone([still, beating])).toEqual([]);
    elapsed += 59_000;
    await two.beat();
    expect(await observer.gone([still, beating])).toEqual([]);
    elapsed += 2_000;
    expect(await observer.gone([still, beating])).toEqual([still]);
  });

  it('who asks about one process and another in turn loses sight of neither', async () => {
    const observer = make();
    const [one, other] = ['f0e1d2c3-0000-4000-8000-000000000000/1', 'f0e1d2c3-0000-4000-8000-000000000001/1'];
    for (elapsed = 0; elapsed <= 15_000; elapsed += 5_000)
      for (const claim of [one, other]) expect(await observer.gone([claim])).toEqual([]);
    expect(await observer.gone([one])).toEqual([one]);
    expect(await observer.gone([other])).toEqual([other]);
    elapsed += 31_000;
    expect(await observer.gone([one])).toEqual([]);
  });

  it('a session whose other side has gone without a word is replaced within ten seconds, and stays replaced', async () => {
    const url = new URL(server().url(database, 'gatra_app'));
    const proxy = await TcpFaultProxy.start(Number(url.port));
    url.port = String(proxy.port);
    const observer = new PostgresHolders(url.href, () => elapsed);
    try {
      const other = make();
      const claims = [await other.begin(), await observer.begin()] as const;
      expect(await observer.gone([claims[0]])).toEqual([]);
      expect(await other.gone([claims[1]])).toEqual([]);
      proxy.silence();
      const begun = performance.now();
      const asked = await Promise.allSettled([observer.gone([claims[0]]), observer.beat()]);
      expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      for (let again = 0; again < 2; again += 1) {
        await observer.beat();
        expect(await observer.gone([claims[0]])).toEqual([]);
        await sleep(50);
      }
      expect(performance.now() - begun).toBeLessThan(10_000);
      expect(proxy.accepted).toBe(2);
      // The server may go on showing the silent session: of a process that beats, the later count is seen.
      elapsed += 59_000;
      await observer.beat();
      expect(await other.gone([claims[1]])).toEqual([]);
      elapsed += 2_000;
      expect(await other.gone([claims[1]])).toEqual([]);
    } finally {
      await observer.onApplicationShutdown();
      await proxy.stop();
    }
  }, 30_000);

  it('a restart of PostgreSQL takes no work from a process that lives', async () => {
    const [one, observer] = [make(), make()];
    const claim = await one.begin();
    expect(await observer.gone([claim])).toEqual([]);
    await server().kill();
    await expect(observer.gone([claim])).rejects.toThrow();
    await server().begin();
    expect(await observer.gone([claim])).toEqual([]);
    elapsed += 10_000;
    await one.beat();
    expect(await observer.gone([claim])).toEqual([]);
    elapsed += 10_000;
    expect(await observer.gone([claim])).toEqual([]);
  });
});

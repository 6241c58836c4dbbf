import { PostgresChangeSignal } from '../../src/platform/changes/postgres-change-signal.js';
import { RedisChangeSignal } from '../../src/platform/changes/redis-change-signal.js';
import { Stirs } from '../../src/platform/changes/stirs.js';
import { RedisConnection } from '../../src/platform/redis/redis-connection.js';
import { parseRedisUrl } from '../../src/platform/redis/redis-target.js';
import { eventually } from '../support/eventually.js';
import { describeWithPostgres, type PostgresServer } from '../support/postgres-server.js';
import { QueueRig, QUEUE_TENANT, ScriptedHandler } from '../support/queue-rig.js';
import { describeWith, RedisServer } from '../support/redis-server.js';
import { openIn } from '../support/store-engines.js';

/** A process that looks by itself looks every 15 s; those of these tests never do. */
const SOON_MS = 2_000;

/** Does another kind of work alone. */
class OtherHandler extends ScriptedHandler {
  override readonly kind: string = 'other';
}

describeWithPostgres('work of processes that share PostgreSQL', (server) => {
  const url = (): string => server().url('postgres', 'gatra_app');

  isBegunAtOnce(server, async () => ({
    stirs: new Stirs(new PostgresChangeSignal(url(), 'gatra_stirred')),
    close: async () => undefined,
  }));

  describeWith(['redis-server'], 'and Redis', () => {
    let redis: RedisServer;
    beforeAll(async () => {
      redis = await RedisServer.start();
    });
    afterAll(() => redis?.stop());

    isBegunAtOnce(server, async () => {
      const connection = new RedisConnection(parseRedisUrl(redis.url));
      return {
        stirs: new Stirs(new RedisChangeSignal(connection, 'gatra:stirred')),
        close: async () => connection.onApplicationShutdown(),
      };
    });
  });
});

function isBegunAtOnce(server: () => PostgresServer, open: () => Promise<{ stirs: Stirs; close: () => Promise<void> }>): void {
  it('is begun by one at once that another has enqueued, and done once', async () => {
    const rig = new QueueRig(await openIn(server(), await server().database()));
    const [first, second, third] = [await open(), await open(), await open()];
    const handlers = [new ScriptedHandler(() => undefined), new ScriptedHandler(() => undefined)];
    try {
      for (const { stirs } of [first, second, third]) stirs.onApplicationBootstrap();
      const front = rig.start(new OtherHandler(() => undefined), rig.clock, first.stirs);
      for (const [position, { stirs }] of [second, third].entries()) rig.start(handlers[position] as ScriptedHandler, rig.clock, stirs);
      await eventually(() => expect([first, second, third].map(({ stirs }) => stirs.isLive)).toEqual([true, true, true]));
      const keys = ['a', 'b', 'c', 'd', 'e'];
      for (const key of keys) {
        await rig.enqueue([{ key }]);
        front.runner.wake(QUEUE_TENANT);
        await eventually(() => expect(handlers.flatMap(({ done }) => done)).toContain(key), SOON_MS);
      }
      expect(handlers.flatMap(({ done }) => done).sort()).toEqual(keys);
    } finally {
      for (const { stirs, close } of [first, second, third]) {
        await stirs.beforeApplicationShutdown();
        await close();
      }
      await rig.close();
    }
  });
}

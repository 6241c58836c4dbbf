import { Logger } from '@nestjs/common';
import { clusterSlot } from '../../src/platform/redis/cluster-slot.js';
import { RedisConnection } from '../../src/platform/redis/redis-connection.js';
import { RedisProbe } from '../../src/platform/redis/redis-probe.js';
import type { RedisTarget } from '../../src/platform/redis/redis-target.js';
import { TlsConnector } from '../../src/platform/redis/tls-connectors.js';
import { eventually } from '../support/eventually.js';
import { RedisCluster } from '../support/redis-cluster.js';
import { targetOf } from '../support/redis-forms.js';
import { RedisOverTls } from '../support/redis-over-tls.js';
import { RedisSentinels } from '../support/redis-sentinels.js';
import { describeWith } from '../support/redis-server.js';
import { RedisTls } from '../support/redis-tls.js';

const PATIENCE_MS = 50_000;
/** The cluster's replica is of the node that holds this one. */
const KEY = 'gatra:{nonces}:tls';

/** Servers that speak TLS alone to the app. */
interface Secured {
  readonly target: RedisTarget;
  /** Ends the server at once that has the key; missing where nobody could take its place. */
  readonly killHolder?: () => Promise<void>;
  stop(): Promise<void>;
}

const FORMS: readonly (readonly [string, () => Promise<Secured>])[] = [
  [
    'one Redis',
    async () => {
      const server = await RedisOverTls.start();
      return { target: targetOf(server.url, { caFile: server.caFile }), stop: () => server.stop() };
    },
  ],
  [
    'Sentinels',
    async () => {
      const tls = new RedisTls();
      const sentinels = await RedisSentinels.start(tls);
      return {
        target: targetOf(sentinels.url, { caFile: tls.caFile, sentinelPassword: RedisSentinels.password }),
        killHolder: async () => (await sentinels.master()).kill(),
        stop: async () => {
          await sentinels.stop();
          tls.remove();
        },
      };
    },
  ],
  [
    'a Cluster',
    async () => {
      const tls = new RedisTls();
      const cluster = await RedisCluster.start(tls);
      return {
        target: targetOf(cluster.url, { caFile: tls.caFile }),
        killHolder: async () => cluster.nodes[Math.floor((clusterSlot(KEY) * 3) / 16_384)]?.kill(),
        stop: async () => {
          await cluster.stop();
          tls.remove();
        },
      };
    },
  ],
];

describeWith(['redis-server', 'openssl'], 'R63 Redis over TLS', () => {
  it('may be given up in the middle of a handshake that fails besides, and the process goes on', async () => {
    const server = await RedisOverTls.start();
    const [{ host, port } = { host: '', port: 0 }] = targetOf(server.url, { caFile: server.caFile }).nodes;
    const failures: string[] = [];
    for (let round = 0; round < 40; round += 1) {
      const connector = new TlsConnector({ host, port, tls: {} });
      const stream = await connector.connect();
      const codes: (string | undefined)[] = [];
      stream.on('error', ({ code }: NodeJS.ErrnoException) => codes.push(code));
      const closed = new Promise((resolve) => stream.once('close', resolve));
      stream.once('connect', () => connector.disconnect());
      await closed;
      failures.push(codes.join());
    }
    expect(failures).toContain('DEPTH_ZERO_SELF_SIGNED_CERT,ERR_SSL_TLSV1_ALERT_DECODE_ERROR');
    await server.stop();
  });

  describe.each(FORMS)('%s', (_, start) => {
    let servers: Secured;
    const connections: RedisConnection[] = [];
    const connect = (target: RedisTarget): RedisConnection => {
      const made = new RedisConnection(target);
      connections.push(made);
      return made;
    };
    beforeAll(async () => {
      servers = await start();
    });
    afterEach(() => {
      for (const connection of connections.splice(0)) connection.onApplicationShutdown();
      jest.restoreAllMocks();
    });
    afterAll(() => servers.stop());

    const serves = (redis: RedisConnection): Promise<void> =>
      eventually(async () => {
        expect(redis.isReady).toBe(true);
        await redis.client.set(KEY, 'here');
        expect(await redis.client.get(KEY)).toBe('here');
      }, PATIENCE_MS);

    it.each([
      ['another authority', 'other'],
      ['the authorities that everybody knows', undefined],
    ] as const)('is refused where its certificate is to be signed by %s, and the log says why', async (_kind, other) => {
      const said = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
      const tls = other && new RedisTls();
      const strange = targetOf('rediss://127.0.0.1', tls ? { caFile: tls.caFile } : {});
      const redis = connect({ ...servers.target, tls: strange.tls });
      await eventually(
        () =>
          expect(said).toHaveBeenCalledWith(
            { event: 'redis.error', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
            expect.stringMatching(/certificate of .* is not accepted/),
          ),
        PATIENCE_MS,
      );
      expect(redis.isReady).toBe(false);
      await expect(new RedisProbe(redis).check()).rejects.toThrow('not connected');
      tls?.remove();
    });

    it('is spoken to, and so is whoever takes its place when it dies', async () => {
      jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
      const redis = connect(servers.target);
      await serves(redis);
      await new RedisProbe(redis).check();
      if (!servers.killHolder) return;
      await servers.killHolder();
      await serves(redis);
    });
  });
});

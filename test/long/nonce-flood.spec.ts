import { randomBytes } from 'node:crypto';
import { Agent } from 'node:http';
import { Redis } from 'ioredis';
import { SystemClock } from '../../src/platform/clock/system-clock.js';
import { RedisConnection } from '../../src/platform/redis/redis-connection.js';
import { redisDependency } from '../../src/platform/redis/redis-policy.js';
import { parseRedisUrl } from '../../src/platform/redis/redis-target.js';
import { SecretRing } from '../../src/platform/secrets/secret-ring.js';
import { MemoryNonceStore } from '../../src/platform/service-auth/memory-nonce-store.js';
import { NonceRegister } from '../../src/platform/service-auth/nonce-register.js';
import { RedisNonceStore } from '../../src/platform/service-auth/redis-nonce-store.js';
import { ServiceAuthenticator } from '../../src/platform/service-auth/service-authenticator.js';
import { ServiceKeys } from '../../src/platform/service-auth/service-keys.js';
import { SERVICES } from '../../src/platform/service-auth/service-name.js';
import { ServiceVerifier } from '../../src/platform/service-auth/service-verifier.js';
import { BuiltApp } from '../support/built-app.js';
import { eventually } from '../support/eventually.js';
import { policiesWith } from '../support/outbound-policies.js';
import { sendRaw } from '../support/raw-request.js';
import { describeWith, RedisServer } from '../support/redis-server.js';
import { ServiceCaller } from '../support/service-caller.js';

const MESSAGES = 1_000_000;
const OVER_HTTP = 50_000;
const MOST_GROWTH = 20 * 1024 * 1024;
const NONCES = 'gatra:{nonces}:*';

describeWith(['redis-server'], 'SIG-06 nonce-flood', () => {
  let redis: RedisServer;
  let client: Redis;
  beforeAll(async () => {
    redis = await RedisServer.start();
    client = new Redis(redis.url);
  });
  afterAll(async () => {
    client.disconnect();
    await redis.stop();
  });
  /** Nonces that Redis holds, without the time since when it does, the process that does, and the key that made it known. */
  const stored = async (): Promise<string[]> => (await client.keys(NONCES)).filter((key) => !/:(since|process|none)$/.test(key));

  it('SIG-06 a million messages with new nonces and wrong signatures store nothing and leave no memory behind', async () => {
    const clock = new SystemClock();
    const connection = new RedisConnection(parseRedisUrl(redis.url));
    await eventually(() => expect(connection.isReady).toBe(true));
    const local = new MemoryNonceStore(clock);
    const keys = new ServiceKeys(SecretRing.of(randomBytes(48)), 'mssp', SERVICES);
    const verifier = new ServiceVerifier({ keys, skewSeconds: 60 });
    const nonces = new NonceRegister(local, new RedisNonceStore(connection, redisDependency(policiesWith()).policy('nonces')));
    const authenticator = new ServiceAuthenticator({ verifier, nonces, clock });
    const { keyId } = keys.signing('mssp');
    const body = Buffer.from('{"a":1}');
    const attack = async (count: number): Promise<number> => {
      let refused = 0;
      for (let i = 0; i < count; i += 1) {
        const headers = {
          Host: 'mssp.example',
          'Content-Type': 'application/json',
          'X-Tenant-ID': 'acme-corp',
          'X-Service-Name': 'mssp',
          'X-Service-Timestamp': String(Math.floor(clock.now() / 1_000)),
          'X-Service-Nonce': randomBytes(16).toString('base64url'),
          'X-Service-Key-Id': keyId,
          'X-Service-Signature': `v1=${randomBytes(32).toString('hex')}`,
        };
        const head = { method: 'POST', target: '/api/v1/feedback', rawHeaders: Object.entries(headers).flat(), isEncrypted: false };
        await authenticator
          .authenticate(head, async () => body, false)
          .catch((error: Error) => {
            if (error.message === 'wrong_signature') refused += 1;
          });
      }
      return refused;
    };
    await attack(50_000);
    const before = process.memoryUsage.rss();
    expect(await attack(MESSAGES)).toBe(MESSAGES);
    const growth = process.memoryUsage.rss() - before;
    process.stdout.write(
      `SIG-06: ${MESSAGES} refused, RSS ${(growth / 1024 / 1024).toFixed(1)} MiB, ${(await stored()).length} nonces stored\n`,
    );
    connection.onApplicationShutdown();
    expect(local.size).toBe(0);
    expect(await stored()).toEqual([]);
    expect(growth).toBeLessThan(MOST_GROWTH);
  });

  it('SIG-06 the same over HTTP, 50,000 times', async () => {
    const app = await BuiltApp.start({ env: { REDIS_URL: redis.url, LOG_LEVEL: 'info' } });
    const agent = new Agent({ keepAlive: true, maxSockets: 32 });
    try {
      const mssp = await ServiceCaller.of(app.dataDir);
      const wrong = async (): Promise<number> => {
        const signed = mssp.sign(app.baseUrl, { path: '/api/v1/feedback', body: {} });
        const headers = { ...signed.headers, 'X-Service-Signature': `v1=${randomBytes(32).toString('hex')}` };
        return (await sendRaw(app.baseUrl, { ...signed, headers }, agent)).status;
      };
      const statuses = new Set<number>();
      for (let sent = 0; sent < OVER_HTTP; sent += 500) {
        for (const status of await Promise.all(Array.from({ length: 500 }, wrong))) statuses.add(status);
      }
      expect([...statuses]).toEqual([401]);
      expect(await stored()).toEqual([]);
    } finally {
      agent.destroy();
      await app.stop();
    }
  });
});

import { Logger } from '@nestjs/common';
import { RedisChangeSignal } from '../../src/platform/changes/redis-change-signal.js';
import { SharedChanges } from '../../src/platform/changes/shared-changes.js';
import { clusterSlot } from '../../src/platform/redis/cluster-slot.js';
import { RedisConnection } from '../../src/platform/redis/redis-connection.js';
import { redisDependency } from '../../src/platform/redis/redis-policy.js';
import { RedisProbe } from '../../src/platform/redis/redis-probe.js';
import { RedisNonceStore } from '../../src/platform/service-auth/redis-nonce-store.js';
import { eventually } from '../support/eventually.js';
import { policiesWith } from '../support/outbound-policies.js';
import { redisRig } from '../support/rate-limit-rig.js';
import { REDIS_FORMS, type RedisForm } from '../support/redis-forms.js';
import { describeWith } from '../support/redis-server.js';
import { behavesAsNonceStore } from './nonce-store.contract.js';
import { behavesAsRateLimitStore } from './rate-limit-store.contract.js';
import { keepsInstancesAlike } from './shared-changes.contract.js';

/** Longer than any test: whoever hears of a change was told. */
const NEVER_MS = 600_000;

describeWith(['redis-server', 'openssl'], 'R63 every form of Redis', () => {
  describe.each(REDIS_FORMS)('%s', (_, start) => {
    let form: RedisForm;
    let redis: RedisConnection;
    beforeAll(async () => {
      form = await start();
      redis = new RedisConnection(form.target);
      await eventually(() => expect(redis.isReady).toBe(true));
    });
    afterAll(async () => {
      redis.onApplicationShutdown();
      await form.stop();
    });

    describe('rate limits', () => behavesAsRateLimitStore(() => redisRig(form.target)));

    describe('nonces', () => {
      let store: RedisNonceStore;
      beforeAll(() => {
        store = new RedisNonceStore(redis, redisDependency(policiesWith()).policy('nonces'));
      });
      behavesAsNonceStore(() => ({ store, now: Math.floor(Date.now() / 1_000) + 1 }));
    });

    describe('changes', () => keepsInstancesAlike(() => new SharedChanges(new RedisChangeSignal(redis, 'gatra:changed'), NEVER_MS)));

    it('says that it is away, or refuses the password, and neither which nor where', async () => {
      const { target } = form;
      const password = 'wrong-h7Gq2mZp';
      const away = { ...target, nodes: [{ host: '127.0.0.1', port: 1 }], password };
      for (const trouble of target.username === undefined ? [away] : [away, { ...target, password }]) {
        const said = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
        const refused = new RedisConnection(trouble);
        await eventually(() => expect(said).toHaveBeenCalledWith(expect.objectContaining({ event: 'redis.error' }), expect.anything()));
        refused.onApplicationShutdown();
        expect(JSON.stringify(said.mock.calls)).not.toMatch(/h7Gq2mZp|127\.0\.0\.1/);
        said.mockRestore();
      }
    });

    it('is well', () => expect(new RedisProbe(redis).check()).resolves.toBeUndefined());

    it('is one server, or places keys as they are placed here', async () => {
      if (form.target.kind !== 'cluster') return expect(redis.nodeOf('gatra:rate:{acme-corp}')).toBe('');
      for (const key of ['gatra:rate:{acme-corp}', 'gatra:{nonces}:since', 'ä{}ö', '{'])
        expect(await redis.client.cluster('KEYSLOT', key)).toBe(clusterSlot(key));
      expect(redis.nodeOf('gatra:rate:{acme-corp}')).toMatch(/^127\.0\.0\.1:\d+$/);
    });
  });
});

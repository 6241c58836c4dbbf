import type { RedisConnection } from '../redis/redis-connection.js';
import { RedisScript } from '../redis/redis-script.js';
import type { OutboundPolicy } from '../resilience/outbound-policy.js';
import { within } from '../resilience/within.js';
import { NonceStore, NonceUncertain, type NonceFate, type PresentedNonce } from './nonce-store.js';

/** All in one slot of a cluster: the node that loses nonces loses their beginning with them. */
const PREFIX = 'gatra:{nonces}:';
const PATIENCE_MS = 1_000;
const FATES: Readonly<Record<number, NonceFate>> = { 0: 'seen', 1: 'fresh' };

/**
 * Nonces live from a beginning that is kept beside them, together with the id of the server's process that has seen them all. Where the beginning is gone
 * so are the nonces (a flush), and where the process is another one (a restart, a failover) it may lack the last of them: a new beginning is made in the
 * next second, and what was signed before it is answered with -1.
 */
const TAKE = new RedisScript(`
local process = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
local since = tonumber(redis.call('GET', KEYS[1]) or nil)
if not since or redis.call('GET', KEYS[2]) ~= process then
  since = math.max(since or 0, redis.call('TIME')[1] + 1)
  redis.call('SET', KEYS[1], string.format('%d', since))
  redis.call('SET', KEYS[2], process)
end
if tonumber(ARGV[1]) < since then return -1 end
if redis.call('SET', KEYS[3], '1', 'NX', 'PX', ARGV[2]) then return 1 end
return 0`);

/** Nonces that instances share in Redis. It must not evict (`maxmemory-policy noeviction`). */
export class RedisNonceStore extends NonceStore {
  /** @param policy how Redis is asked; while it is not, nothing is taken */
  constructor(
    private readonly redis: RedisConnection,
    private readonly policy: OutboundPolicy,
  ) {
    super();
    // The beginning is made as soon as Redis is there, so that the first message need not be refused for it.
    redis.onReady(() => void this.ask(`${PREFIX}none`, 0, 1).catch(() => undefined));
  }

  async take({ keyId, nonce, signedAt }: PresentedNonce, lifetime: number): Promise<NonceFate> {
    const fate = FATES[await this.askUnderPolicy(`${PREFIX}${keyId}:${nonce}`, signedAt, lifetime)];
    if (fate === undefined) throw new NonceUncertain('signed before anything is remembered');
    return fate;
  }

  private async askUnderPolicy(key: string, signedAt: number, lifetime: number): Promise<number> {
    if (!this.redis.isReady) throw new NonceUncertain('Redis is away');
    try {
      return await this.policy.once(() => this.ask(key, signedAt, lifetime));
    } catch (error) {
      throw error instanceof NonceUncertain ? error : new NonceUncertain('Redis is away', { cause: error });
    }
  }

  private async ask(key: string, signedAt: number, lifetime: number): Promise<number> {
    const answer = TAKE.run(this.redis.client, [`${PREFIX}since`, `${PREFIX}process`, key], [signedAt, lifetime]);
    return Number(await within(PATIENCE_MS, answer, () => new NonceUncertain('Redis did not answer in time')));
  }
}

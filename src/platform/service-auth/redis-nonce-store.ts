import type { Redis } from 'ioredis';
import type { RedisConnection } from '../redis/redis-connection.js';
import { NonceStore, NonceUncertain, type NonceFate, type PresentedNonce } from './nonce-store.js';

const PREFIX = 'gatra:{nonces}:';
const PATIENCE_MS = 1_000;
const FATES: Readonly<Record<number, NonceFate>> = { 0: 'seen', 1: 'fresh' };

/**
 * Nonces of one Redis live from a beginning that is kept beside them. Where that is gone so are the nonces (a restart, a flush), and a new beginning
 * is made in the next second; what was signed before it is answered with -1.
 */
const TAKE = `
local since = redis.call('GET', KEYS[1])
if not since then
  since = redis.call('TIME')[1] + 1
  redis.call('SET', KEYS[1], string.format('%d', since))
end
if tonumber(ARGV[1]) < tonumber(since) then return -1 end
if redis.call('SET', KEYS[2], '1', 'NX', 'PX', ARGV[2]) then return 1 end
return 0`;

type Client = Redis & { takeNonce(since: string, key: string, signedAt: number, lifetime: number): Promise<number> };

/** Nonces that instances share in Redis. It must not evict (`maxmemory-policy noeviction`). */
export class RedisNonceStore extends NonceStore {
  private readonly client: Client;

  constructor(connection: RedisConnection) {
    super();
    connection.client.defineCommand('takeNonce', { numberOfKeys: 2, lua: TAKE });
    this.client = connection.client as Client;
    // The beginning is made as soon as Redis is there, so that the first message need not be refused for it.
    this.client.on('ready', () => void this.begin());
    if (this.client.status === 'ready') void this.begin();
  }

  async take({ keyId, nonce, signedAt }: PresentedNonce, lifetime: number): Promise<NonceFate> {
    const answer = await this.ask(`${PREFIX}${keyId}:${nonce}`, signedAt, lifetime);
    const fate = FATES[answer];
    if (fate === undefined) throw new NonceUncertain('signed before anything is remembered');
    return fate;
  }

  private async begin(): Promise<void> {
    await this.ask(`${PREFIX}none`, 0, 1).catch(() => undefined);
  }

  private async ask(key: string, signedAt: number, lifetime: number): Promise<number> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const giveUp = (): void => reject(new NonceUncertain('Redis did not answer in time'));
      // Where this process was busy, the answer may have come and not have been read: what has come is read before the next turn's end.
      timer = setTimeout(() => setImmediate(() => setImmediate(giveUp)), PATIENCE_MS);
    });
    try {
      return await Promise.race([this.client.takeNonce(`${PREFIX}since`, key, signedAt, lifetime), late]);
    } catch (error) {
      throw error instanceof NonceUncertain ? error : new NonceUncertain('Redis is away', { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }
}

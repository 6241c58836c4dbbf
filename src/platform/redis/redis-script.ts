import { createHash } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';

/** What commands are given to: one server, or the cluster, which passes each on to the node that holds its keys. */
export type RedisClient = Redis | Cluster;

/** A Lua script, run by its digest. A server that does not know it, as after a restart, a failover or a flush, is sent the text. */
export class RedisScript {
  private readonly digest: string;

  /** @param text all keys of a run must be in one slot */
  constructor(private readonly text: string) {
    this.digest = createHash('sha1').update(text).digest('hex');
  }

  async run(client: RedisClient, keys: readonly string[], values: readonly (string | number)[]): Promise<unknown> {
    try {
      return await client.evalsha(this.digest, keys.length, ...keys, ...values);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return client.eval(this.text, keys.length, ...keys, ...values);
    }
  }
}

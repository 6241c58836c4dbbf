import { Cluster } from 'ioredis';
import { HealthProbe } from '../health/health-probe.js';
import type { RedisConnection } from './redis-connection.js';

/** Whether Redis answers, and a cluster serves all keys. Without it limits and revocations fall back to what one instance knows. */
export class RedisProbe extends HealthProbe {
  readonly name = 'redis';
  readonly isCritical = false;

  constructor(private readonly redis: RedisConnection) {
    super();
  }

  /** Asks past the circuits: what Redis says now is the question. */
  async check(): Promise<void> {
    const { client, isReady } = this.redis;
    if (!isReady) throw new Error('not connected');
    if (!(client instanceof Cluster)) await client.ping();
    else if (!/^cluster_state:ok\r?$/m.test(await client.cluster('INFO'))) throw new Error('the cluster does not serve all keys');
  }
}

import { HealthProbe } from '../health/health-probe.js';
import type { RedisConnection } from './redis-connection.js';

/** Whether Redis answers. Without it limits and revocations fall back to what one instance knows. */
export class RedisProbe extends HealthProbe {
  readonly name = 'redis';
  readonly isCritical = false;

  constructor(private readonly redis: RedisConnection) {
    super();
  }

  async check(): Promise<void> {
    await this.redis.client.ping();
  }
}

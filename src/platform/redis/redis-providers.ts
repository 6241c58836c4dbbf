import type { Provider } from '@nestjs/common';
import { ProbeRegistry } from '../health/probe-registry.js';
import { RedisConnection } from './redis-connection.js';
import { RedisProbe } from './redis-probe.js';
import type { RedisTarget } from './redis-target.js';

/** The connection to Redis and its probe; null where there is no Redis. */
export function redisProviders(target: RedisTarget | null): Provider[] {
  const connect = (probes: ProbeRegistry): RedisConnection | null => {
    if (target === null) return null;
    const redis = new RedisConnection(target);
    probes.add(new RedisProbe(redis));
    return redis;
  };
  return [{ provide: RedisConnection, inject: [ProbeRegistry], useFactory: connect }];
}

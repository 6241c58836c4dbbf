import type { Provider } from '@nestjs/common';
import { ProbeRegistry } from '../health/probe-registry.js';
import { RedisConnection } from './redis-connection.js';
import { RedisProbe } from './redis-probe.js';

/** The connection to Redis and its probe; null where there is no Redis. */
export function redisProviders(url: string | null): Provider[] {
  const connect = (probes: ProbeRegistry): RedisConnection | null => {
    if (url === null) return null;
    const redis = new RedisConnection(url);
    probes.add(new RedisProbe(redis));
    return redis;
  };
  return [{ provide: RedisConnection, inject: [ProbeRegistry], useFactory: connect }];
}

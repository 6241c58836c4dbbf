import { readRedisTarget, type RedisSettings } from '../../src/platform/redis/redis-settings.js';
import type { RedisTarget } from '../../src/platform/redis/redis-target.js';
import { RedisCluster } from './redis-cluster.js';
import { RedisOverTls } from './redis-over-tls.js';
import { RedisSentinels } from './redis-sentinels.js';
import { RedisServer } from './redis-server.js';

/** A machine with much else to do keeps a node waiting for seconds. */
const NOBODY_DIES_MS = 15_000;

/** Servers of one form that Redis is run in. */
export interface RedisForm {
  readonly target: RedisTarget;
  stop(): Promise<void>;
}

/** Every form that `REDIS_URL` can name, and how its servers are started. */
export const REDIS_FORMS = [
  ['one Redis', () => formOf(RedisServer.start(), () => ({}))],
  ['Redis over TLS', () => formOf(RedisOverTls.start(), ({ caFile }) => ({ caFile }))],
  ['Redis behind Sentinels', () => formOf(RedisSentinels.start(), () => ({ sentinelPassword: RedisSentinels.password }))],
  ['Redis Cluster', () => formOf(RedisCluster.start(undefined, NOBODY_DIES_MS), () => ({}))],
] as const satisfies readonly (readonly [name: string, start: () => Promise<RedisForm>])[];

/** The target that a URL names, with what else is said of it. */
export function targetOf(url: string, also: Partial<RedisSettings> = {}): RedisTarget {
  const usual = { caFile: null, sentinelUsername: null, sentinelPassword: null, allowPlaintext: true };
  const { target, faults } = readRedisTarget({ ...usual, url, ...also });
  if (!target) throw new Error(`not a Redis: ${faults.join()}`);
  return target;
}

async function formOf<T extends { readonly url: string; stop(): Promise<void> }>(
  starting: Promise<T>,
  also: (servers: T) => Partial<RedisSettings>,
): Promise<RedisForm> {
  const servers = await starting;
  return { target: targetOf(servers.url, also(servers)), stop: () => servers.stop() };
}

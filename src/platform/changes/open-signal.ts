import type { RedisConnection } from '../redis/redis-connection.js';
import type { PostgresUrls } from '../storage/postgres/open-postgres.js';
import { NoChangeSignal, type ChangeSignal } from './change-signal.js';
import { PostgresChangeSignal } from './postgres-change-signal.js';
import { RedisChangeSignal } from './redis-change-signal.js';

/** The signal over what the instances share: Redis, else PostgreSQL; none where they share neither. @param topic one word. */
export function openSignal(topic: string, redis: RedisConnection | null, postgres: PostgresUrls | null): ChangeSignal {
  if (redis !== null) return new RedisChangeSignal(redis, `gatra:${topic}`);
  return postgres === null ? new NoChangeSignal() : new PostgresChangeSignal(postgres.app, `gatra_${topic}`);
}

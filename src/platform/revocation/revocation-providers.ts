import type { Provider } from '@nestjs/common';
import { NoChangeSignal } from '../changes/change-signal.js';
import { RedisChangeSignal } from '../changes/redis-change-signal.js';
import { SharedChanges } from '../changes/shared-changes.js';
import { RedisConnection } from '../redis/redis-connection.js';
import { PlatformDatabase } from '../storage/platform-database.js';
import { RevocationStore } from './revocation-store.js';
import { Revocations } from './revocations.js';
import { SqliteRevocationStore } from './sqlite-revocation-store.js';

/** What keeps the instances' memory of the shared database alike, and revocations with it. */
export function revocationProviders(pollSeconds: number): Provider[] {
  return [
    {
      provide: SharedChanges,
      inject: [RedisConnection],
      useFactory: (redis: RedisConnection | null) =>
        new SharedChanges(redis === null ? new NoChangeSignal() : new RedisChangeSignal(redis), pollSeconds * 1_000),
    },
    {
      provide: RevocationStore,
      inject: [PlatformDatabase],
      useFactory: (database: PlatformDatabase) => new SqliteRevocationStore(database),
    },
    Revocations,
  ];
}

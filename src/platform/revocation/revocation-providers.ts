import type { Provider } from '@nestjs/common';
import { openSignal } from '../changes/open-signal.js';
import { SharedChanges } from '../changes/shared-changes.js';
import { Stirs } from '../changes/stirs.js';
import type { Secrets } from '../secrets/secrets.js';
import { RedisConnection } from '../redis/redis-connection.js';
import { PlatformDatabase } from '../storage/platform-database.js';
import { RevocationStore } from './revocation-store.js';
import { Revocations } from './revocations.js';
import { SqliteRevocationStore } from './sqlite-revocation-store.js';

/** What keeps the instances' memory of the shared database alike and stirs them, and revocations with it. */
export function revocationProviders(pollSeconds: number, { postgres }: Secrets): Provider[] {
  return [
    {
      provide: SharedChanges,
      inject: [RedisConnection],
      useFactory: (redis: RedisConnection | null) => new SharedChanges(openSignal('changed', redis, postgres), pollSeconds * 1_000),
    },
    {
      provide: Stirs,
      inject: [RedisConnection],
      useFactory: (redis: RedisConnection | null) => new Stirs(openSignal('stirred', redis, postgres)),
    },
    {
      provide: RevocationStore,
      inject: [PlatformDatabase],
      useFactory: (database: PlatformDatabase) => new SqliteRevocationStore(database),
    },
    Revocations,
  ];
}

import type { Provider } from '@nestjs/common';
import { TokenStanding } from '../auth/token-standing.js';
import { Stirs } from '../changes/stirs.js';
import type { Config } from '../config/config.js';
import { DrainState } from '../lifecycle/drain-state.js';
import { Metrics } from '../observability/metrics.js';
import { TenantDatabases } from '../storage/tenant-databases.js';
import { TenantClosers } from '../tenancy/tenant-closers.js';
import { TenantDirectory } from '../tenancy/tenant-directory.js';
import { FeedJournal } from './feed-journal.js';
import { OpenStreams } from './open-streams.js';
import { STREAM_TIMES, USUAL_TIMES, type StreamTimes } from './stream-times.js';

/** Tenants' feeds, and the streams in which they are heard. */
export function feedProviders({ caps, streams }: Config): Provider[] {
  const most = { ofTenant: caps.streams, inAll: streams.most };
  return [
    { provide: STREAM_TIMES, useValue: USUAL_TIMES },
    { provide: FeedJournal, inject: [TenantDatabases], useFactory: (databases: TenantDatabases) => new FeedJournal(databases) },
    {
      provide: OpenStreams,
      inject: [FeedJournal, Stirs, TokenStanding, TenantDirectory, DrainState, Metrics, STREAM_TIMES, TenantClosers],
      useFactory: (...[journal, stirs, standing, tenants, drain, metrics, times, closers]: StreamInjections) => {
        const open = new OpenStreams({ journal, stirs, standing, tenants, drain, metrics, times, most });
        closers.register((tenant) => open.close(tenant));
        return open;
      },
    },
  ];
}

type StreamInjections = [FeedJournal, Stirs, TokenStanding, TenantDirectory, DrainState, Metrics, StreamTimes, TenantClosers];

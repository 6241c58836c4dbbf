import { Module } from '@nestjs/common';
import { LearningAgent } from '../contracts/learning-agent.js';
import { Clock } from '../platform/clock/clock.js';
import type { Config } from '../platform/config/config.js';
import { CONFIG } from '../platform/config/tokens.js';
import { OutboundHttp } from '../platform/outbound/outbound-http.js';
import { OutboundPolicies } from '../platform/resilience/outbound-policies.js';
import { TenantDatabases } from '../platform/storage/tenant-databases.js';
import { TenantClosers } from '../platform/tenancy/tenant-closers.js';
import { TenantDirectory } from '../platform/tenancy/tenant-directory.js';
import { makeFeeds } from './adapters/make-feeds.js';
import { SqliteIndicatorStore } from './adapters/sqlite-indicator-store.js';
import { IndicatorStore } from './domain/indicator-store.js';
import { FeedRefresher } from './feed-refresher.js';
import { IndicatorMatchers } from './indicator-matchers.js';
import { IndicatorsController } from './indicators.controller.js';
import { IndicatorsService } from './indicators.service.js';
import { IntelUpdateController } from './intel-update.controller.js';
import { LocalTriageAgent } from './local-triage-agent.js';
import { TriageController } from './triage.controller.js';

type FeedInjections = [Config, OutboundHttp, OutboundPolicies, TenantDirectory, IndicatorStore, IndicatorMatchers];

/** TAA: indicators, their feeds, and the local triage agent. The learning agent comes from the agents' module. */
@Module({
  controllers: [IndicatorsController, IntelUpdateController, TriageController],
  providers: [
    {
      provide: IndicatorStore,
      inject: [TenantDatabases, Clock, CONFIG],
      useFactory: (databases: TenantDatabases, clock: Clock, config: Config) =>
        new SqliteIndicatorStore(databases, clock, config.caps.indicators),
    },
    { provide: IndicatorMatchers, inject: [IndicatorStore], useFactory: (store: IndicatorStore) => new IndicatorMatchers(store) },
    IndicatorsService,
    {
      provide: FeedRefresher,
      inject: [CONFIG, OutboundHttp, OutboundPolicies, TenantDirectory, IndicatorStore, IndicatorMatchers],
      useFactory: (...[config, outbound, policies, tenants, store, matchers]: FeedInjections) =>
        new FeedRefresher({
          feeds: makeFeeds(config.intel.feeds, outbound, policies),
          refreshSeconds: config.intel.refreshSeconds,
          tenants,
          store,
          matchers,
        }),
    },
    {
      provide: LocalTriageAgent,
      inject: [IndicatorMatchers, TenantDirectory, LearningAgent],
      useFactory: (matchers: IndicatorMatchers, tenants: TenantDirectory, learning: LearningAgent) =>
        new LocalTriageAgent(matchers, tenants, learning),
    },
  ],
  exports: [LocalTriageAgent],
})
export class TaaModule {
  constructor(closers: TenantClosers, matchers: IndicatorMatchers, feeds: FeedRefresher) {
    closers.register((tenant) => {
      matchers.changed(tenant);
      feeds.forget(tenant);
    });
  }
}

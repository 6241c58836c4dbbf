import { type DynamicModule, Module, Optional, type Provider } from '@nestjs/common';
import { LearningAgent } from '../contracts/learning-agent.js';
import { Clock } from '../platform/clock/clock.js';
import type { Config } from '../platform/config/config.js';
import { CONFIG, SECRETS } from '../platform/config/tokens.js';
import { Metrics } from '../platform/observability/metrics.js';
import { OutboundHttp } from '../platform/outbound/outbound-http.js';
import { OutboundPolicies } from '../platform/resilience/outbound-policies.js';
import type { Secrets } from '../platform/secrets/secrets.js';
import { TenantDatabases } from '../platform/storage/tenant-databases.js';
import { TenantClosers } from '../platform/tenancy/tenant-closers.js';
import { TenantDirectory } from '../platform/tenancy/tenant-directory.js';
import { WorkRunner } from '../platform/work-queue/work-runner.js';
import { readAllowLists } from './adapters/allow-list-files.js';
import { compileLinearMatcher } from './adapters/linear-text-matcher.js';
import { makeFeeds } from './adapters/make-feeds.js';
import { SqliteIndicatorStore } from './adapters/sqlite-indicator-store.js';
import { AllowLists } from './domain/allow-lists.js';
import { IndicatorStore } from './domain/indicator-store.js';
import { ThreatIntelFeed } from './domain/threat-intel-feed.js';
import { FeedRefresher } from './feed-refresher.js';
import { FeedRegister } from './feed-register.js';
import { FeedsController } from './feeds.controller.js';
import { type ConfiguredFeed, readFeedsFile } from './feeds-file.js';
import { IndicatorMatchers } from './indicator-matchers.js';
import { IndicatorsController } from './indicators.controller.js';
import { IndicatorsService } from './indicators.service.js';
import { IntelUpdateController } from './intel-update.controller.js';
import { LocalTriageAgent } from './local-triage-agent.js';
import { TriageController } from './triage.controller.js';

/** Injection tokens of the feeds, and of how those in the file of feeds are written there. */
const FEEDS = Symbol('feeds');
const CONFIGURED_FEEDS = Symbol('configured feeds');

type FeedParts = [Config, readonly ConfiguredFeed[], OutboundHttp, OutboundPolicies, Secrets];
type RefresherParts = [
  Config,
  readonly ThreatIntelFeed[],
  readonly ConfiguredFeed[],
  FeedRegister,
  TenantDirectory,
  IndicatorStore,
  IndicatorMatchers,
  WorkRunner,
];

/** The indicators, compiled. */
const INDICATORS: Provider[] = [
  {
    provide: IndicatorStore,
    inject: [TenantDatabases, Clock, CONFIG],
    useFactory: (databases: TenantDatabases, clock: Clock, config: Config) =>
      new SqliteIndicatorStore(databases, clock, config.caps.indicators, config.intel.retro),
  },
  { provide: AllowLists, inject: [CONFIG], useFactory: ({ intel }: Config) => readAllowLists(intel.allowLists) },
  {
    provide: IndicatorMatchers,
    inject: [IndicatorStore, AllowLists, CONFIG],
    useFactory: (store: IndicatorStore, allowLists: AllowLists, { intel }: Config) =>
      new IndicatorMatchers(store, undefined, { allowLists, leastConfidence: intel.leastConfidence, compile: compileLinearMatcher }),
  },
];

const TRIAGE: Provider[] = [
  {
    provide: IndicatorsService,
    inject: [IndicatorStore, IndicatorMatchers, AllowLists, WorkRunner],
    useFactory: (store: IndicatorStore, matchers: IndicatorMatchers, allowLists: AllowLists, runner: WorkRunner) =>
      new IndicatorsService({ store, matchers, compile: compileLinearMatcher, allowLists, runner }),
  },
  { provide: CONFIGURED_FEEDS, inject: [CONFIG], useFactory: ({ intel }: Config) => readFeedsFile(intel.feedsFile) },
  {
    provide: FEEDS,
    inject: [CONFIG, CONFIGURED_FEEDS, OutboundHttp, OutboundPolicies, SECRETS],
    useFactory: (...[{ intel }, configured, outbound, policies, { keeper }]: FeedParts) =>
      makeFeeds(intel.feeds, configured, { outbound, policies, secrets: keeper.chain }),
  },
  {
    provide: FeedRegister,
    inject: [FEEDS, Clock, Metrics],
    useFactory: (feeds: readonly ThreatIntelFeed[], clock: Clock, metrics: Metrics) => {
      const register = new FeedRegister(
        feeds.map(({ name }) => name),
        clock,
      );
      register.measure(metrics);
      return register;
    },
  },
  {
    provide: FeedRefresher,
    inject: [CONFIG, FEEDS, CONFIGURED_FEEDS, FeedRegister, TenantDirectory, IndicatorStore, IndicatorMatchers, WorkRunner],
    useFactory: (...[{ intel }, feeds, configured, register, tenants, store, matchers, runner]: RefresherParts) =>
      new FeedRefresher({
        feeds,
        sharing: new Map(configured.map(({ name, tlp = {} }) => [name, tlp])),
        register,
        refreshSeconds: intel.refreshSeconds,
        tenants,
        store,
        matchers,
        runner,
        compile: compileLinearMatcher,
      }),
  },
  {
    provide: LocalTriageAgent,
    inject: [IndicatorMatchers, TenantDirectory, LearningAgent],
    useFactory: (matchers: IndicatorMatchers, tenants: TenantDirectory, learning: LearningAgent) =>
      new LocalTriageAgent(matchers, tenants, learning),
  },
];

/** TAA: indicators, their feeds, and the local triage agent. The learning agent comes from the agents' module. */
@Module({})
export class TaaModule {
  /** @param serves whether this process triages, and keeps indicators and their feeds; what is in force can be read in any. */
  static forRoot(serves: boolean): DynamicModule {
    return {
      module: TaaModule,
      controllers: serves ? [FeedsController, IndicatorsController, IntelUpdateController, TriageController] : [],
      providers: serves ? [...INDICATORS, ...TRIAGE] : INDICATORS,
      exports: [IndicatorMatchers, IndicatorStore, AllowLists, ...(serves ? [LocalTriageAgent] : [])],
    };
  }

  constructor(closers: TenantClosers, matchers: IndicatorMatchers, @Optional() feeds?: FeedRefresher) {
    closers.register((tenant) => {
      matchers.changed(tenant);
      feeds?.forget(tenant);
    });
  }
}

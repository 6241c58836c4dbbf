import { Module, type BeforeApplicationShutdown, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { AdaModule } from '../../ada/ada.module.js';
import { DetectController } from '../../ada/detect.controller.js';
import type { TenantId } from '../../contracts/tenant.js';
import { type DetectionTexts, gatherDetection } from '../../ada/adapters/gather-detection.js';
import { SqlRuleFilterStore } from '../../ada/adapters/sql-rule-filter-store.js';
import { RuleFilterStore } from '../../ada/domain/rule-filter-store.js';
import { FiltersInForce } from '../../ada/filters-in-force.js';
import { Canaries } from '../../ada/canaries.js';
import { LivenessRounds } from '../../ada/liveness-rounds.js';
import { LoadedRuleCatalog } from '../../ada/loaded-rule-catalog.js';
import { RuleCosts } from '../../ada/rule-costs.js';
import { RuleFilterWatch } from '../../ada/rule-filter-watch.js';
import { RuleFiltersController } from '../../ada/rule-filters.controller.js';
import { RuleFiltersService } from '../../ada/rule-filters.service.js';
import { RuleLivenessController } from '../../ada/rule-liveness.controller.js';
import { RuleLiveness } from '../../ada/rule-liveness.service.js';
import { RuleReloadController } from '../../ada/rule-reload.controller.js';
import { RuleReload } from '../../ada/rule-reload.js';
import { RuleCatalog } from '../../contracts/rule-catalog.js';
import { SentEventInspector } from '../../contracts/sent-events.js';
import { settleEventPlace } from '../../mssp/ingest/adapters/event-place.js';
import { refuseLaterEventFiles } from '../../mssp/ingest/adapters/refuse-later-events.js';
import { EventPipeline } from '../../mssp/ingest/domain/event-pipeline.js';
import { Clock } from '../../platform/clock/clock.js';
import type { Config } from '../../platform/config/config.js';
import { CONFIG, SECRETS } from '../../platform/config/tokens.js';
import { TenantKeys } from '../../platform/encryption/tenant-keys.js';
import { ProbeRegistry } from '../../platform/health/probe-registry.js';
import { BusinessEvents } from '../../platform/observability/business-events.js';
import { Metrics } from '../../platform/observability/metrics.js';
import { AuditLog } from '../../platform/audit/audit-log.js';
import { ThreadGauges } from '../../platform/observability/thread-gauges.js';
import { Tracing } from '../../platform/observability/tracing/tracing.js';
import { DamageRegister } from '../../platform/storage/damage-register.js';
import { PlatformDatabase } from '../../platform/storage/platform-database.js';
import { DiskReserve } from '../../platform/storage/disk-reserve.js';
import type { Secrets } from '../../platform/secrets/secrets.js';
import { StorageFailure } from '../../platform/storage/storage-failure.js';
import { TenantDatabases } from '../../platform/storage/tenant-databases.js';
import { TenantClosers } from '../../platform/tenancy/tenant-closers.js';
import { TenantDirectory } from '../../platform/tenancy/tenant-directory.js';
import { IndicatorMatchers } from '../../taa/indicator-matchers.js';
import { DamageReport } from './damage-report.js';
import { detectionFilesOf } from './detection-files.js';
import { PipelineGauges } from './pipeline-gauges.js';
import { IndicatorWatch } from './indicator-watch.js';
import type { TroubleListener } from './pipeline-listeners.js';
import { PipelinePool } from './pipeline-pool.js';
import { PipelineProbe } from './pipeline-probe.js';
import { PooledCanaries } from './pooled-canaries.js';
import { PooledFilters } from './pooled-filters.js';
import { PooledInspector } from './pooled-inspector.js';
import { PooledRuleReload } from './pooled-rule-reload.js';
import { RuleSetInForce } from './rule-set.js';
import { TenantGate } from './tenant-gate.js';

type PoolInjections = [
  Config,
  BusinessEvents,
  PipelineGauges,
  Metrics,
  ProbeRegistry,
  LoadedRuleCatalog,
  StorageFailure,
  DiskReserve,
  DamageReport,
  Tracing,
  Secrets,
  PlatformDatabase,
  TenantGate,
  RuleCosts,
  RuleSetInForce,
];

type ReloadInjections = [Config, PipelinePool, LoadedRuleCatalog, RuleCosts, RuleLiveness, LivenessRounds];

type LivenessInjections = [Canaries, RuleCatalog, AuditLog, Clock, Metrics, PipelinePool];

/** The event pipeline in worker threads of this process. Starting waits for them, so that rules that cannot be read stop the start. */
@Module({
  imports: [AdaModule],
  controllers: [DetectController, RuleFiltersController, RuleLivenessController, RuleReloadController],
  providers: [
    {
      provide: PipelineGauges,
      inject: [Metrics, ThreadGauges, BusinessEvents, Clock],
      useFactory: (metrics: Metrics, threads: ThreadGauges, events: BusinessEvents, clock: Clock) =>
        new PipelineGauges(metrics, threads, events, () => clock.now()),
    },
    {
      provide: DamageReport,
      inject: [Metrics, AuditLog, DamageRegister],
      useFactory: (metrics: Metrics, audit: AuditLog, register: DamageRegister) => new DamageReport(metrics, audit, register),
    },
    {
      provide: RuleFilterStore,
      inject: [TenantDatabases, Clock],
      useFactory: (databases: TenantDatabases, clock: Clock) => new SqlRuleFilterStore(databases, clock),
    },
    { provide: RuleFilterWatch, inject: [RuleFilterStore], useFactory: (store: RuleFilterStore) => new RuleFilterWatch(store) },
    {
      provide: IndicatorWatch,
      inject: [IndicatorMatchers, BusinessEvents],
      useFactory: (matchers: IndicatorMatchers, events: BusinessEvents) =>
        new IndicatorWatch(matchers, (event, tenant, message) => events.pipelineTrouble(event, tenant, message)),
    },
    {
      provide: TenantGate,
      inject: [TenantKeys, TenantDirectory, RuleFilterWatch, IndicatorWatch],
      useFactory: (keys: TenantKeys, tenants: TenantDirectory, filters: RuleFilterWatch, indicators: IndicatorWatch) =>
        new TenantGate(keys, tenants, filters, indicators),
    },
    {
      provide: RuleSetInForce,
      inject: [CONFIG],
      useFactory: async (config: Config) => new RuleSetInForce({ generation: 1, texts: await gatherDetection(detectionFilesOf(config)) }),
    },
    {
      provide: PipelinePool,
      inject: [
        CONFIG,
        BusinessEvents,
        PipelineGauges,
        Metrics,
        ProbeRegistry,
        LoadedRuleCatalog,
        StorageFailure,
        DiskReserve,
        DamageReport,
        Tracing,
        SECRETS,
        PlatformDatabase,
        TenantGate,
        RuleCosts,
        RuleSetInForce,
      ],
      useFactory: async (...parts: PoolInjections): Promise<PipelinePool> => {
        const [
          config,
          events,
          gauges,
          metrics,
          probes,
          catalog,
          failure,
          reserve,
          damages,
          tracing,
          secrets,
          platform,
          gate,
          costs,
          rules,
        ] = parts;
        refuseLaterEventFiles(config.dataDir);
        await settleEventPlace(config.events.store, config.dataDir, platform);
        const eventsUrl = config.events.store === 'postgres' ? (secrets.postgres?.app ?? null) : null;
        const { maxEvents, workers, detectionCacheBytes: cacheBytes } = config.ingest;
        const setup = { dataDir: config.dataDir, rules, maxEvents, eventsUrl, cacheBytes };
        const onTrouble: TroubleListener = (event, tenant, message) => {
          events.pipelineTrouble(event, tenant, message);
          if (event === 'storage.sync_failed') failure.fail(message);
          if (event === 'storage.full') reserve.look();
        };
        const pool = new PipelinePool(setup, workers, onTrouble, gate, tracing);
        gate.onChange((tenant) => void pool.renewTerms(tenant));
        pool.observe(gauges);
        pool.onDamage((tenant, damage) => damages.tell(tenant, damage));
        await pool.start();
        const own = new PooledFilters(pool);
        const { summaries } = await pool.rules.inForce();
        catalog.take(summaries, (tenant) => own.allOf(tenant));
        costs.take(() => pool.rules.costs());
        metrics.gauge('pipeline_waiting_requests', 'Requests that the pipeline threads have not answered', () => pool.load);
        probes.add(new PipelineProbe(pool));
        return pool;
      },
    },
    { provide: FiltersInForce, inject: [PipelinePool], useFactory: (pool: PipelinePool) => new PooledFilters(pool) },
    {
      provide: RuleFiltersService,
      inject: [RuleFilterStore, FiltersInForce, CONFIG],
      useFactory: (store: RuleFilterStore, inForce: FiltersInForce, { caps }: Config) =>
        new RuleFiltersService(store, inForce, caps.ruleFilters),
    },
    { provide: Canaries, inject: [PipelinePool], useFactory: (pool: PipelinePool) => new PooledCanaries(pool) },
    {
      provide: RuleLiveness,
      inject: [Canaries, RuleCatalog, AuditLog, Clock, Metrics, PipelinePool],
      useFactory: async (...parts: LivenessInjections): Promise<RuleLiveness> => {
        const [canaries, catalog, audit, clock, metrics, pool] = parts;
        const liveness = new RuleLiveness(canaries, catalog, audit, clock);
        liveness.take(await pool.rules.samples());
        metrics.gaugeOf('rules_not_live', 'Rules that are not live, by how, counted once for each tenant', ['state'], () =>
          Object.entries(liveness.dead).map(([state, rules]) => [{ state }, rules] as const),
        );
        return liveness;
      },
    },
    {
      provide: LivenessRounds,
      inject: [Canaries, RuleLiveness, PipelinePool, CONFIG],
      useFactory: (canaries: Canaries, liveness: RuleLiveness, pool: PipelinePool, config: Config) => {
        const checked = { tenants: () => canaries.tenants(), check: (tenant: TenantId) => liveness.check(tenant) };
        const rounds = new LivenessRounds(checked, config.liveness.everySeconds * 1_000);
        pool.onDoubt((tenant) => rounds.doubt(tenant));
        return rounds;
      },
    },
    {
      provide: RuleReload,
      inject: [CONFIG, PipelinePool, LoadedRuleCatalog, RuleCosts, RuleLiveness, LivenessRounds],
      useFactory: (...[config, pool, catalog, costs, liveness, rounds]: ReloadInjections) => {
        const own = new PooledFilters(pool);
        const gather = (): Promise<DetectionTexts> => gatherDetection(detectionFilesOf(config));
        return new PooledRuleReload(pool.rules, gather, ({ summaries, samples }) => {
          catalog.take(summaries, (tenant) => own.allOf(tenant));
          costs.take(() => pool.rules.costs());
          liveness.take(samples);
          for (const tenant of pool.tenants) rounds.doubt(tenant);
        });
      },
    },
    { provide: EventPipeline, useExisting: PipelinePool },
    { provide: SentEventInspector, inject: [PipelinePool], useFactory: (pool: PipelinePool) => new PooledInspector(pool) },
  ],
  exports: [EventPipeline, SentEventInspector, RuleFilterStore, RuleSetInForce],
})
export class PipelineModule implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(
    private readonly pool: PipelinePool,
    private readonly gate: TenantGate,
    private readonly rounds: LivenessRounds,
    liveness: RuleLiveness,
    closers: TenantClosers,
  ) {
    closers.register((tenant) => {
      rounds.forget(tenant);
      liveness.forget(tenant);
      gate.forget(tenant);
      return pool.retire(tenant);
    });
  }

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.rounds.stop();
  }

  /** No request is under way any more: what was learned is kept, the files are closed, the threads end. */
  async onApplicationShutdown(): Promise<void> {
    await this.gate.stop();
    await this.pool.close();
  }
}

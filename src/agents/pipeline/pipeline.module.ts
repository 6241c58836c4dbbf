import { existsSync } from 'node:fs';
import { Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import { AdaModule } from '../../ada/ada.module.js';
import { DetectController } from '../../ada/detect.controller.js';
import { LoadedRuleCatalog } from '../../ada/loaded-rule-catalog.js';
import { SentEventInspector } from '../../contracts/sent-events.js';
import type { TenantId } from '../../contracts/tenant.js';
import { EventPipeline } from '../../mssp/ingest/domain/event-pipeline.js';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/tokens.js';
import { TenantKeys } from '../../platform/encryption/tenant-keys.js';
import { ProbeRegistry } from '../../platform/health/probe-registry.js';
import { Metrics } from '../../platform/observability/metrics.js';
import { Tracing } from '../../platform/observability/tracing/tracing.js';
import { TenantClosers } from '../../platform/tenancy/tenant-closers.js';
import { PipelinePool, type TroubleListener } from './pipeline-pool.js';
import { PipelineProbe } from './pipeline-probe.js';
import { PooledInspector } from './pooled-inspector.js';

type PoolInjections = [Config, Metrics, ProbeRegistry, LoadedRuleCatalog, TenantKeys, Tracing];

/** The event pipeline in worker threads of this process. Starting waits for them, so that rules that cannot be read stop the start. */
@Module({
  imports: [AdaModule],
  controllers: [DetectController],
  providers: [
    {
      provide: PipelinePool,
      inject: [CONFIG, Metrics, ProbeRegistry, LoadedRuleCatalog, TenantKeys, Tracing],
      useFactory: async (...parts: PoolInjections): Promise<PipelinePool> => {
        const [config, metrics, probes, catalog, keys, tracing] = parts;
        const logger = new Logger(PipelinePool.name);
        const { maxEvents, workers } = config.ingest;
        const rules = [config.starterRules, ...config.rules].filter((path) => path !== config.starterRules || existsSync(path));
        const onTrouble: TroubleListener = (event, tenant, message) => {
          metrics.pipelineTroubles.inc({ event });
          logger.error({ event, ...(tenant ? { tenant_id: tenant } : {}), reason: message }, 'pipeline trouble');
        };
        const gate = { keysOf: (tenant: TenantId) => keys.of(tenant) };
        const pool = new PipelinePool({ dataDir: config.dataDir, rules, maxEvents }, workers, onTrouble, gate, tracing);
        keys.onChange((tenant) => pool.renewKeys(tenant));
        await pool.start();
        catalog.take(await pool.loadedRules());
        metrics.gauge('pipeline_waiting_requests', 'Requests that the pipeline threads have not answered', () => pool.load);
        probes.add(new PipelineProbe(pool));
        return pool;
      },
    },
    { provide: EventPipeline, useExisting: PipelinePool },
    { provide: SentEventInspector, inject: [PipelinePool], useFactory: (pool: PipelinePool) => new PooledInspector(pool) },
  ],
  exports: [EventPipeline],
})
export class PipelineModule implements OnApplicationShutdown {
  constructor(
    private readonly pool: PipelinePool,
    closers: TenantClosers,
  ) {
    closers.register((tenant) => pool.retire(tenant));
  }

  /** No request is under way any more: what was learned is kept, the files are closed, the threads end. */
  async onApplicationShutdown(): Promise<void> {
    await this.pool.close();
  }
}

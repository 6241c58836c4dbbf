import { setTimeout as sleep } from 'node:timers/promises';
import { type DynamicModule, Inject, Module, type ModuleMetadata, type OnApplicationShutdown } from '@nestjs/common';
import { AlertIntake } from '../../mssp/ingest/domain/alert-intake.js';
import { EventPipeline } from '../../mssp/ingest/domain/event-pipeline.js';
import { Clock } from '../../platform/clock/clock.js';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/tokens.js';
import { BusinessEvents } from '../../platform/observability/business-events.js';
import { TenantDatabases } from '../../platform/storage/tenant-databases.js';
import { TenantClosers } from '../../platform/tenancy/tenant-closers.js';
import { WorkRunner } from '../../platform/work-queue/work-runner.js';
import { SqlRetroStore } from '../../taa/adapters/sql-retro-store.js';
import { AllowLists } from '../../taa/domain/allow-lists.js';
import { IndicatorStore } from '../../taa/domain/indicator-store.js';
import { PastMatcher } from '../../taa/domain/retro/past-matcher.js';
import { RetroStore } from '../../taa/domain/retro/retro-store.js';
import { RetroIndicators } from '../../taa/retro-indicators.js';
import { RetroMatchHandler } from '../../taa/retro-match.handler.js';
import { RetroMatchesController } from './retro-matches.controller.js';
import { RetroMatchesService } from '../../taa/retro-matches.service.js';
import { PipelineStoredEvents } from '../pipeline/pipeline-stored-events.js';
import { IntakeRetroAlerts } from './intake-retro-alerts.js';
import { RetroThread } from './retro-thread.js';

type HandlerInjections = [RetroStore, RetroIndicators, PastMatcher, EventPipeline, AlertIntake, BusinessEvents, Clock, WorkRunner];

/** Stored events compared with indicators that came after them, where events are stored. */
@Module({})
export class RetroModule implements OnApplicationShutdown {
  /** @param imports modules that bring an `EventPipeline`, an `AlertIntake`, and the indicators. */
  static forRoot(imports: NonNullable<ModuleMetadata['imports']>): DynamicModule {
    return {
      module: RetroModule,
      imports,
      controllers: [RetroMatchesController],
      providers: [
        {
          provide: RetroStore,
          inject: [TenantDatabases, Clock, CONFIG],
          useFactory: (databases: TenantDatabases, clock: Clock, { intel }: Config) => new SqlRetroStore(databases, clock, intel.retro),
        },
        {
          provide: RetroIndicators,
          inject: [IndicatorStore, AllowLists, CONFIG],
          useFactory: (store: IndicatorStore, allowLists: AllowLists, { intel }: Config) =>
            new RetroIndicators(store, allowLists, intel.leastConfidence),
        },
        RetroThread,
        { provide: PastMatcher, useExisting: RetroThread },
        {
          provide: RetroMatchesService,
          inject: [RetroStore, WorkRunner, Clock],
          useFactory: (store: RetroStore, runner: WorkRunner, clock: Clock) => new RetroMatchesService(store, runner, clock),
        },
        {
          provide: RetroMatchHandler,
          inject: [RetroStore, RetroIndicators, PastMatcher, EventPipeline, AlertIntake, BusinessEvents, Clock, WorkRunner],
          useFactory: registerHandler,
        },
      ],
    };
  }

  constructor(
    @Inject(RetroThread) private readonly thread: RetroThread,
    indicators: RetroIndicators,
    closers: TenantClosers,
  ) {
    closers.register((tenant) => indicators.forget(tenant));
  }

  /** No job has its turn any more. */
  async onApplicationShutdown(): Promise<void> {
    await this.thread.close();
  }
}

function registerHandler(...parts: HandlerInjections): RetroMatchHandler {
  const [store, indicators, matcher, pipeline, intake, events, clock, runner] = parts;
  const handler = new RetroMatchHandler({
    store,
    indicators,
    matcher,
    events: new PipelineStoredEvents(pipeline),
    alerts: new IntakeRetroAlerts(intake),
    clock,
    elapsed: () => performance.now(),
    pause: (ms) => sleep(ms),
    ended: (tenant, match, end) => events.retroMatchEnded(tenant, { retro_id: match.retro_id, state: end.state, ...end.progress }),
  });
  runner.register(handler);
  return handler;
}

import { Module, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import { Metrics } from '../../platform/observability/metrics.js';
import { RateLimitModule } from '../../platform/rate-limit/rate-limit.module.js';
import { AccountingCheck } from './accounting-check.js';
import { AlertDelivery } from './alert-delivery.js';
import { IntakeGate } from './domain/intake-gate.js';
import { OpenSearches } from './domain/open-searches.js';
import { InspectEventHandler } from './inspect-event.handler.js';
import { PoisonEvents } from './poison-events.js';
import { StorageQuota } from './storage-quota.js';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/tokens.js';
import { EventsController } from './events.controller.js';
import { IngestController } from './ingest.controller.js';
import { IngestWatch } from './ingest-watch.js';
import { IngestService } from './ingest.service.js';

/** Events in, events found again. Needs an `EventPipeline` and an `AlertIntake`, and an `AlertCount` for its limits, which the modules given bring. */
@Module({})
export class IngestModule {
  static forRoot(imports: NonNullable<ModuleMetadata['imports']>): DynamicModule {
    return {
      module: IngestModule,
      imports: [...imports, RateLimitModule.forRoot(imports)],
      controllers: [IngestController, EventsController],
      providers: [
        IngestService,
        AlertDelivery,
        AccountingCheck,
        IngestWatch,
        PoisonEvents,
        InspectEventHandler,
        StorageQuota,
        { provide: OpenSearches, inject: [CONFIG], useFactory: (config: Config) => new OpenSearches(config.caps.searches) },
        {
          provide: IntakeGate,
          inject: [Metrics],
          useFactory: (metrics: Metrics) => {
            const gate = new IntakeGate();
            metrics.gauge('ingest_in_flight_requests', 'Ingest requests under way', () => gate.load.requests);
            metrics.gauge('ingest_in_flight_bytes', 'Bytes of ingest requests under way', () => gate.load.bytes);
            return gate;
          },
        },
      ],
      exports: [IngestService],
    };
  }
}

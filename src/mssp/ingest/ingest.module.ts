import { Module, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import { BusinessEvents } from '../../platform/observability/business-events.js';
import { DrainState } from '../../platform/lifecycle/drain-state.js';
import { Clock } from '../../platform/clock/clock.js';
import { PubSubClients } from '../../platform/pubsub/pubsub-clients.js';
import { PubSubTroubles } from '../../platform/pubsub/pubsub-troubles.js';
import { OutboundPolicies } from '../../platform/resilience/outbound-policies.js';
import { LoadWatch } from '../../platform/shedding/load-watch.js';
import { TenantDirectory } from '../../platform/tenancy/tenant-directory.js';
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
import { IntakeAudit } from './intake-audit.js';
import { IngestService } from './ingest.service.js';
import { PubSubSubscription } from './adapters/pubsub-subscription.js';
import { SubscriptionIntake, type IntakeParts } from './subscription-intake.js';
import { SubscriptionReader } from './subscription-reader.js';
import { Subscriptions } from './subscriptions.js';
import { readSubscriptions } from './subscriptions-file.js';

/** What stands between what a subscription brings and its being stored. */
const INTAKE_PARTS = Symbol('intake parts');

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
        IntakeAudit,
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
        {
          provide: INTAKE_PARTS,
          inject: [IngestService, IntakeGate, LoadWatch, TenantDirectory, Clock, BusinessEvents],
          useFactory: (...parts: IntakeArguments): IntakeParts => {
            const [ingest, gate, load, tenants, clock, events] = parts;
            return { ingest, gate, load, tenants, clock, events };
          },
        },
        {
          provide: Subscriptions,
          inject: [CONFIG, PubSubClients, PubSubTroubles, OutboundPolicies, INTAKE_PARTS, Metrics, DrainState],
          useFactory: subscriptions,
        },
      ],
      exports: [IngestService],
    };
  }
}

type IntakeArguments = [IngestService, IntakeGate, LoadWatch, TenantDirectory, Clock, BusinessEvents];

/** Readers of the subscriptions that are configured; null where events come over HTTP alone. */
function subscriptions(
  ...parts: [Config, PubSubClients | null, PubSubTroubles, OutboundPolicies, IntakeParts, Metrics, DrainState]
): Subscriptions | null {
  const [{ pubsub, ingest: limits }, clients, troubles, policies, intakeParts, metrics, drain] = parts;
  if (!pubsub || !clients) return null;
  const readers = readSubscriptions(pubsub.subscriptionsFile, pubsub.project).map(({ name, tenant, source }) => {
    const subscription = new PubSubSubscription(name, clients, policies);
    const intake = new SubscriptionIntake({ tenant, source, stream: `pubsub|${name}` }, intakeParts);
    const count: SubscriptionReaderCount = (outcome, messages) =>
      metrics.subscriptionMessages.inc({ tenant_id: tenant, outcome }, messages);
    return new SubscriptionReader({ subscription, intake, troubles, limits, count });
  });
  return new Subscriptions(readers, drain);
}

type SubscriptionReaderCount = ConstructorParameters<typeof SubscriptionReader>[0]['count'];

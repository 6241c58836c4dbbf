import { Module } from '@nestjs/common';
import { ContainmentAgent } from '../../contracts/containment-agent.js';
import type { TenantId } from '../../contracts/tenant.js';
import { LearningAgent } from '../../contracts/learning-agent.js';
import { TriageAgent } from '../../contracts/triage-agent.js';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/tokens.js';
import { Clock } from '../../platform/clock/clock.js';
import { Metrics } from '../../platform/observability/metrics.js';
import { BusinessEvents } from '../../platform/observability/business-events.js';
import { Tracing } from '../../platform/observability/tracing/tracing.js';
import { PubSubClients } from '../../platform/pubsub/pubsub-clients.js';
import { PubSubTroubles } from '../../platform/pubsub/pubsub-troubles.js';
import { AlertCount } from '../../platform/rate-limit/alert-count.js';
import { OutboundPolicies } from '../../platform/resilience/outbound-policies.js';
import { TenantClosers } from '../../platform/tenancy/tenant-closers.js';
import { TenantDirectory } from '../../platform/tenancy/tenant-directory.js';
import { WorkRunner } from '../../platform/work-queue/work-runner.js';
import { AlertIntake } from '../ingest/domain/alert-intake.js';
import { AlertsController } from './alerts.controller.js';
import { AlertsService } from './alerts.service.js';
import { PubSubAlertPublisher } from './adapters/pubsub-alert-publisher.js';
import { AlertOutbox } from './domain/alert-outbox.js';
import { AlertPublisher } from './domain/alert-publisher.js';
import { AlertStore } from './domain/alert-store.js';
import { IncidentStore } from './domain/incident-store.js';
import { IncidentTimelineService } from './incident-timeline.service.js';
import { IncidentsController } from './incidents.controller.js';
import { IncidentsService } from './incidents.service.js';
import { LearnHandler } from './learn.handler.js';
import { PublishHandler } from './publish.handler.js';
import { RespondHandler } from './respond.handler.js';
import { StoredAlertCount } from './stored-alert-count.js';
import { StoredAlertIntake } from './stored-alert-intake.js';
import { TopicSchedule } from './topic-schedule.js';
import { TriageHandler } from './triage.handler.js';

/** Work that cases cause, registered in the order it is done. */
const HANDLERS = Symbol('case handlers');

/** Alerts and incidents: raising, triage, grouping, response. Needs the agents, and where cases are kept, which the agents' module has. */
@Module({
  controllers: [AlertsController, IncidentsController],
  providers: [
    { provide: AlertIntake, useClass: StoredAlertIntake },
    { provide: AlertCount, useClass: StoredAlertCount },
    {
      provide: HANDLERS,
      inject: [AlertStore, IncidentStore, TriageAgent, ContainmentAgent, LearningAgent, Clock, BusinessEvents, WorkRunner, Tracing, CONFIG],
      useFactory: registerHandlers,
    },
    {
      provide: AlertPublisher,
      inject: [CONFIG, PubSubClients, TenantDirectory, PubSubTroubles, OutboundPolicies],
      useFactory: alertPublisher,
    },
    {
      provide: TopicSchedule,
      inject: [AlertPublisher, AlertOutbox, WorkRunner, TenantDirectory, TenantClosers, Metrics],
      useFactory: publishAlerts,
    },
    AlertsService,
    IncidentsService,
    IncidentTimelineService,
  ],
  exports: [AlertIntake, AlertCount],
})
export class CasesModule {}

type HandlerParts = [
  AlertStore,
  IncidentStore,
  TriageAgent,
  ContainmentAgent,
  LearningAgent,
  Clock,
  BusinessEvents,
  WorkRunner,
  Tracing,
  Config,
];

function registerHandlers(...parts: HandlerParts): string[] {
  const [alerts, incidents, triage, containment, learning, clock, events, runner, tracing, { pubsub }] = parts;
  const wake = (tenant: TenantId): void => (pubsub?.publishesAlerts ? runner.wake(tenant) : undefined);
  const handlers = [
    new TriageHandler({ alerts, incidents, agent: triage, clock, events, tracing, wake }),
    new RespondHandler(incidents, containment),
    new LearnHandler(learning),
  ];
  for (const handler of handlers) runner.register(handler);
  return handlers.map((handler) => handler.kind);
}

function alertPublisher(
  ...parts: [Config, PubSubClients | null, TenantDirectory, PubSubTroubles, OutboundPolicies]
): AlertPublisher | null {
  const [{ pubsub }, clients, tenants, troubles, policies] = parts;
  if (!pubsub?.publishesAlerts || !clients) return null;
  return new PubSubAlertPublisher(pubsub, { clients, tenants, troubles, policies });
}

/** Has alerts published; null where they are not. */
function publishAlerts(
  ...parts: [AlertPublisher | null, AlertOutbox, WorkRunner, TenantDirectory, TenantClosers, Metrics]
): TopicSchedule | null {
  const [publisher, outbox, runner, tenants, closers, metrics] = parts;
  if (!publisher) return null;
  runner.register(new PublishHandler(outbox, publisher, metrics));
  const topics = new TopicSchedule(tenants, publisher);
  closers.register((tenant) => {
    topics.forget(tenant);
    publisher.forget(tenant);
  });
  tenants.onChange(() => void topics.look());
  return topics;
}

import { Module } from '@nestjs/common';
import { ContainmentAgent } from '../../contracts/containment-agent.js';
import { IncidentReader } from '../../contracts/incident-reader.js';
import { LearningAgent } from '../../contracts/learning-agent.js';
import { TriageAgent } from '../../contracts/triage-agent.js';
import { Clock } from '../../platform/clock/clock.js';
import { CiphersInHand } from '../../platform/encryption/ciphers-in-hand.js';
import { BusinessEvents } from '../../platform/observability/business-events.js';
import { Tracing } from '../../platform/observability/tracing/tracing.js';
import { AlertCount } from '../../platform/rate-limit/alert-count.js';
import { TenantDatabases } from '../../platform/storage/tenant-databases.js';
import { WorkRunner } from '../../platform/work-queue/work-runner.js';
import { AlertIntake } from '../ingest/domain/alert-intake.js';
import { CaseFiles } from './adapters/case-files.js';
import { SqliteAlertStore } from './adapters/sqlite-alert-store.js';
import { SqliteIncidentStore } from './adapters/sqlite-incident-store.js';
import { AlertsController } from './alerts.controller.js';
import { AlertsService } from './alerts.service.js';
import { AlertStore } from './domain/alert-store.js';
import { IncidentStore } from './domain/incident-store.js';
import { IncidentTimelineService } from './incident-timeline.service.js';
import { IncidentsController } from './incidents.controller.js';
import { IncidentsService } from './incidents.service.js';
import { LearnHandler } from './learn.handler.js';
import { RespondHandler } from './respond.handler.js';
import { StoredAlertCount } from './stored-alert-count.js';
import { StoredAlertIntake } from './stored-alert-intake.js';
import { StoredIncidentReader } from './stored-incident-reader.js';
import { TriageHandler } from './triage.handler.js';

/** Work that cases cause, registered in the order it is done. */
const HANDLERS = Symbol('case handlers');

/** Alerts and incidents: raising, triage, grouping, response. Needs the agents, which the agents' module binds. */
@Module({
  controllers: [AlertsController, IncidentsController],
  providers: [
    {
      provide: CaseFiles,
      inject: [TenantDatabases, CiphersInHand],
      useFactory: (databases: TenantDatabases, ciphers: CiphersInHand) => new CaseFiles(databases, ciphers),
    },
    { provide: AlertStore, inject: [CaseFiles], useFactory: (cases: CaseFiles) => new SqliteAlertStore(cases) },
    { provide: IncidentStore, inject: [CaseFiles], useFactory: (cases: CaseFiles) => new SqliteIncidentStore(cases) },
    { provide: AlertIntake, useClass: StoredAlertIntake },
    { provide: AlertCount, useClass: StoredAlertCount },
    { provide: IncidentReader, useClass: StoredIncidentReader },
    {
      provide: HANDLERS,
      inject: [AlertStore, IncidentStore, TriageAgent, ContainmentAgent, LearningAgent, Clock, BusinessEvents, WorkRunner, Tracing],
      useFactory: registerHandlers,
    },
    AlertsService,
    IncidentsService,
    IncidentTimelineService,
  ],
  exports: [AlertIntake, AlertCount, IncidentReader],
})
export class CasesModule {}

type HandlerParts = [AlertStore, IncidentStore, TriageAgent, ContainmentAgent, LearningAgent, Clock, BusinessEvents, WorkRunner, Tracing];

function registerHandlers(...parts: HandlerParts): string[] {
  const [alerts, incidents, triage, containment, learning, clock, events, runner, tracing] = parts;
  const handlers = [
    new TriageHandler({ alerts, incidents, agent: triage, clock, events, tracing }),
    new RespondHandler(incidents, containment),
    new LearnHandler(learning),
  ];
  for (const handler of handlers) runner.register(handler);
  return handlers.map((handler) => handler.kind);
}

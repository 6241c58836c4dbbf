import { Module } from '@nestjs/common';
import { IncidentReader } from '../contracts/incident-reader.js';
import { AuditLog } from '../platform/audit/audit-log.js';
import { Stirs } from '../platform/changes/stirs.js';
import { Clock } from '../platform/clock/clock.js';
import type { Config } from '../platform/config/config.js';
import { CONFIG, SECRETS } from '../platform/config/tokens.js';
import { construct } from '../platform/construct.js';
import { BusinessEvents } from '../platform/observability/business-events.js';
import { Metrics } from '../platform/observability/metrics.js';
import { Tracing } from '../platform/observability/tracing/tracing.js';
import { OutboundHttp } from '../platform/outbound/outbound-http.js';
import { OutboundPolicies } from '../platform/resilience/outbound-policies.js';
import type { Secrets } from '../platform/secrets/secrets.js';
import { TenantDatabases } from '../platform/storage/tenant-databases.js';
import { TenantClosers } from '../platform/tenancy/tenant-closers.js';
import { TenantDirectory } from '../platform/tenancy/tenant-directory.js';
import { WorkRunner } from '../platform/work-queue/work-runner.js';
import { ActionBirths } from './action-births.js';
import { ActionRequestsService } from './action-requests.service.js';
import { Actuators } from './actuators.js';
import { CommandActuator } from './adapters/command-actuator.js';
import { EdlActuator } from './adapters/edl-actuator.js';
import { NotificationActuator } from './adapters/notification-actuator.js';
import { readPlaybooks } from './adapters/playbook-files.js';
import { SqliteActionStore } from './adapters/sqlite-action-store.js';
import { SqliteExternalListStore } from './adapters/sqlite-external-list-store.js';
import { TracedActuator } from './adapters/traced-actuator.js';
import { WebhookSender } from './adapters/webhook-sender.js';
import { ApprovalCensus } from './approval-census.js';
import { ApprovalsController } from './approvals.controller.js';
import { ApprovalsService } from './approvals.service.js';
import { ContainController } from './contain.controller.js';
import { ContainmentActionsController } from './containment-actions.controller.js';
import { ContainmentActionsService } from './containment-actions.service.js';
import { ActionStore } from './domain/action-store.js';
import { EXECUTION, REVERSAL } from './domain/effect-phase.js';
import { ExternalListStore } from './domain/external-list.js';
import { EdlCredentialGuard } from './edl-credential.guard.js';
import { EdlController } from './edl.controller.js';
import { EdlListsController } from './edl-lists.controller.js';
import { EdlService } from './edl.service.js';
import { EffectHandler } from './effect.handler.js';
import { ExpireApprovalHandler } from './expire-approval.handler.js';
import { IncidentActionsController } from './incident-actions.controller.js';
import { LocalContainmentAgent } from './local-containment-agent.js';
import { WebhookKeyController } from './webhook-key.controller.js';
import { WebhookKeys } from './webhook-keys.js';

/** Work that containment leaves for later, registered in the order it is done. */
const HANDLERS = Symbol('containment handlers');

/** CRA: containment under human control. Needs an `IncidentReader` from whoever keeps incidents. */
@Module({
  controllers: [
    ApprovalsController,
    ContainController,
    ContainmentActionsController,
    IncidentActionsController,
    EdlController,
    EdlListsController,
    WebhookKeyController,
  ],
  providers: [
    {
      provide: ActionStore,
      inject: [TenantDatabases, Stirs],
      useFactory: (databases: TenantDatabases, stirs: Stirs) => new SqliteActionStore(databases, (tenant) => stirs.stir('feed', tenant)),
    },
    {
      provide: ExternalListStore,
      inject: [TenantDatabases],
      useFactory: (databases: TenantDatabases) => new SqliteExternalListStore(databases),
    },
    {
      provide: ActionBirths,
      inject: [Clock, CONFIG],
      useFactory: (clock: Clock, config: Config) => new ActionBirths(clock, config.approvals, config.caps.pendingApprovals),
    },
    { provide: WebhookKeys, inject: [SECRETS], useFactory: (secrets: Secrets) => new WebhookKeys(secrets.serviceKey) },
    {
      provide: WebhookSender,
      inject: [OutboundHttp, WebhookKeys, Clock, OutboundPolicies, TenantClosers],
      useFactory: (...[outbound, keys, clock, policies, closers]: SenderInjections) => {
        const sender = new WebhookSender(outbound, keys, clock, policies);
        closers.register((tenant) => sender.forget(tenant));
        return sender;
      },
    },
    {
      provide: Actuators,
      inject: [ExternalListStore, Clock, TenantDirectory, IncidentReader, WebhookSender, Tracing],
      useFactory: makeActuators,
    },
    {
      provide: EdlService,
      inject: [ExternalListStore, TenantDirectory, SECRETS, Clock],
      useFactory: (lists: ExternalListStore, tenants: TenantDirectory, secrets: Secrets, clock: Clock) =>
        new EdlService(lists, tenants, secrets.apiKeyPepper, clock),
    },
    {
      provide: LocalContainmentAgent,
      inject: [ActionStore, CONFIG, ActionBirths, TenantDirectory, AuditLog, WorkRunner, Clock],
      useFactory: (...parts: AgentInjections) => {
        const [store, config, births, tenants, audit, runner, clock] = parts;
        return new LocalContainmentAgent({ store, playbooks: readPlaybooks(config.playbooks), births, tenants, audit, runner, clock });
      },
    },
    { provide: HANDLERS, inject: [ActionStore, Actuators, Clock, BusinessEvents, WorkRunner, Tracing], useFactory: registerHandlers },
    { provide: ApprovalCensus, inject: [ActionStore, TenantDirectory, Clock, Metrics], useFactory: construct(ApprovalCensus) },
    ActionRequestsService,
    ApprovalsService,
    ContainmentActionsService,
    EdlCredentialGuard,
  ],
  exports: [LocalContainmentAgent],
})
export class CraModule {}

type SenderInjections = [OutboundHttp, WebhookKeys, Clock, OutboundPolicies, TenantClosers];

type AgentInjections = [ActionStore, Config, ActionBirths, TenantDirectory, AuditLog, WorkRunner, Clock];

type ActuatorInjections = [ExternalListStore, Clock, TenantDirectory, IncidentReader, WebhookSender, Tracing];

function makeActuators(...[lists, clock, tenants, incidents, sender, tracing]: ActuatorInjections): Actuators {
  const actuators = [
    new EdlActuator(lists, clock),
    new NotificationActuator(tenants, incidents, sender),
    new CommandActuator(tenants, sender),
  ];
  return new Actuators(actuators.map((actuator) => new TracedActuator(actuator, tracing)));
}

type HandlerInjections = [ActionStore, Actuators, Clock, BusinessEvents, WorkRunner, Tracing];

function registerHandlers(...[store, actuators, clock, events, runner, tracing]: HandlerInjections): string[] {
  const parts = { store, actuators, clock, events, tracing };
  const handlers = [new EffectHandler(EXECUTION, parts), new EffectHandler(REVERSAL, parts), new ExpireApprovalHandler(store, clock)];
  for (const handler of handlers) runner.register(handler);
  return handlers.map((handler) => handler.kind);
}

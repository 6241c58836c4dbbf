import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClsServiceManager } from 'nestjs-cls';
import { ACTION_KINDS, type ActionKind, type ContainmentAction } from '../../src/contracts/containment.js';
import type { Incident } from '../../src/contracts/incident.js';
import { IncidentReader } from '../../src/contracts/incident-reader.js';
import { toTenantId, type TenantId } from '../../src/contracts/tenant.js';
import { ActionBirths } from '../../src/cra/action-births.js';
import { ActionRequestsService } from '../../src/cra/action-requests.service.js';
import { Actuators } from '../../src/cra/actuators.js';
import { craMigrations } from '../../src/cra/adapters/cra-migrations.js';
import { SqliteActionStore } from '../../src/cra/adapters/sqlite-action-store.js';
import { ApprovalsService } from '../../src/cra/approvals.service.js';
import { ContainmentActionsService } from '../../src/cra/containment-actions.service.js';
import type { ActionStore } from '../../src/cra/domain/action-store.js';
import { ContainmentActuator, type ActuatorResult, type EffectState } from '../../src/cra/domain/containment-actuator.js';
import { EXECUTION, REVERSAL } from '../../src/cra/domain/effect-phase.js';
import type { Playbook } from '../../src/cra/domain/playbook.js';
import { EffectHandler } from '../../src/cra/effect.handler.js';
import { ExpireApprovalHandler } from '../../src/cra/expire-approval.handler.js';
import { LocalContainmentAgent } from '../../src/cra/local-containment-agent.js';
import { auditMigrations } from '../../src/platform/audit/audit-migrations.js';
import type { AuditRecord } from '../../src/platform/audit/audit-record.js';
import { SqliteAuditLog } from '../../src/platform/audit/sqlite-audit-log.js';
import type { TenantCaller } from '../../src/platform/auth/caller.decorator.js';
import { Clock } from '../../src/platform/clock/clock.js';
import { BusinessEvents } from '../../src/platform/observability/business-events.js';
import { Metrics } from '../../src/platform/observability/metrics.js';
import type { PlatformDatabase } from '../../src/platform/storage/platform-database.js';
import { SqliteThread } from '../../src/platform/storage/sqlite-thread.js';
import { SqliteTenantDatabases } from '../../src/platform/storage/sqlite-tenant-databases.js';
import type { TenantDatabases } from '../../src/platform/storage/tenant-databases.js';
import { NoTracing } from '../../src/platform/observability/tracing/no-tracing.js';
import type { RequestContext } from '../../src/platform/tenancy/request-context.js';
import type { Tenant, TenantWebhooks } from '../../src/platform/tenancy/tenant.js';
import { TenantDirectory } from '../../src/platform/tenancy/tenant-directory.js';
import { feedMigrations } from '../../src/platform/feed/feed-migrations.js';
import { workMigrations } from '../../src/platform/work-queue/work-migrations.js';
import { WorkBatches } from '../../src/platform/work-queue/work-batches.js';
import { WorkContext } from '../../src/platform/work-queue/work-context.js';
import { WorkRunner } from '../../src/platform/work-queue/work-runner.js';
import { WorkStore } from '../../src/platform/work-queue/work-store.js';
import { FakeHolders } from './fake-holders.js';

export const ACME = toTenantId('acme-corp');
export const GLOBEX = toTenantId('globex');

/** A clock that stands until it is moved. */
export class MovableClock extends Clock {
  time = Date.parse('2026-11-21T10:00:00.000Z');

  now(): number {
    return this.time;
  }
}

/** Incidents held in memory. */
export class FakeIncidents extends IncidentReader {
  private readonly incidents = new Map<string, Incident>();

  put(incident: Incident): Incident {
    this.incidents.set(`${incident.tenant_id}/${incident.incident_id}`, incident);
    return incident;
  }

  async find(tenant: TenantId, incidentId: string): Promise<Incident | undefined> {
    return this.incidents.get(`${tenant}/${incidentId}`);
  }
}

/** Tenants held in memory. */
export class FakeTenants extends TenantDirectory {
  readonly tenants = new Map<TenantId, Tenant>([ACME, GLOBEX].map((id) => [id, tenantNamed(id)]));

  change(id: TenantId, change: Partial<Tenant>): void {
    this.tenants.set(id, { ...(this.tenants.get(id) ?? tenantNamed(id)), ...change });
  }

  async find(tenant: TenantId): Promise<Tenant | undefined> {
    return this.tenants.get(tenant);
  }

  async list(): Promise<readonly Tenant[]> {
    return [...this.tenants.values()];
  }

  add(): Promise<boolean> {
    throw new Error('not used');
  }

  replace(): Promise<boolean> {
    throw new Error('not used');
  }
}

/** A world outside that outlives the process: it remembers every call, and which actions have an effect. */
export class RecordingActuator extends ContainmentActuator {
  readonly kinds: readonly ActionKind[] = ACTION_KINDS;
  isRepeatable = true;
  isReadable = true;
  readonly executed: string[] = [];
  readonly reverted: string[] = [];
  readonly inForce = new Set<string>();
  /** Runs before the effect. */
  before: (action: ContainmentAction) => Promise<void> = async () => undefined;
  /** Runs after the effect, before the actuator answers. */
  after: (action: ContainmentAction) => Promise<void> = async () => undefined;

  async preview(): Promise<ActuatorResult> {
    return {};
  }

  async execute(_tenant: TenantId, action: ContainmentAction, idempotencyKey: string): Promise<ActuatorResult> {
    await this.before(action);
    this.executed.push(idempotencyKey);
    this.inForce.add(action.action_id);
    await this.after(action);
    return { done: true };
  }

  async revert(_tenant: TenantId, action: ContainmentAction, idempotencyKey: string): Promise<ActuatorResult> {
    await this.before(action);
    this.reverted.push(idempotencyKey);
    this.inForce.delete(action.action_id);
    return { undone: true };
  }

  async stateOf(_tenant: TenantId, action: ContainmentAction): Promise<EffectState> {
    if (!this.isReadable) return 'unknown';
    return this.inForce.has(action.action_id) ? 'in-force' : 'absent';
  }
}

/** The agent's own classes over real databases, with everything outside under the test's control. */
export interface ContainmentRig {
  readonly databases: TenantDatabases;
  readonly store: ActionStore;
  readonly agent: LocalContainmentAgent;
  readonly approvals: ApprovalsService;
  readonly actions: ContainmentActionsService;
  readonly requests: ActionRequestsService;
  readonly runner: WorkRunner;
  readonly metrics: Metrics;
  readonly events: BusinessEvents;
  /** Runs all work that is due. */
  work(tenant?: TenantId): Promise<void>;
  audit(tenant: TenantId, incidentId?: string): Promise<readonly AuditRecord[]>;
  /** Ends the store's thread as a killed process would: nothing is finished, nothing is closed. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

/** What outlives a rig: the files and the world. */
export interface RigWorld {
  readonly directory: string;
  readonly clock: MovableClock;
  readonly incidents: FakeIncidents;
  readonly tenants: FakeTenants;
  readonly actuator: RecordingActuator;
  readonly playbooks: readonly Playbook[];
  /** How many people have to approve. */
  readonly quorums: { medium: number; high: number };
  /** Processes that live. */
  readonly alive: Set<string>;
  remove(): void;
}

export function makeWorld(playbooks: readonly Playbook[] = []): RigWorld {
  const directory = mkdtempSync(join(tmpdir(), 'gatra-cra-'));
  return {
    directory,
    clock: new MovableClock(),
    incidents: new FakeIncidents(),
    tenants: new FakeTenants(),
    actuator: new RecordingActuator(),
    playbooks,
    quorums: { medium: 1, high: 1 },
    alive: new Set(),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/**
 * Starts the agent in a world; a second rig on the same world is the process after a restart.
 * @param given databases that the caller closes; files in the world's directory where they are left out.
 */
export function startRig(world: RigWorld, expirySeconds = 3_600, mostPending?: number, given?: TenantDatabases): ContainmentRig {
  const { clock, tenants, incidents, actuator, playbooks, quorums } = world;
  const thread = new SqliteThread();
  const databases = given ?? openDatabases(thread, world.directory);
  const metrics = new Metrics();
  const events = new BusinessEvents(metrics);
  const holders = new FakeHolders(world.alive);
  const context = new WorkContext(ClsServiceManager.getClsService<RequestContext>(), new NoTracing());
  const queue = new WorkStore(databases);
  const runner = new WorkRunner(queue, tenants, clock, new WorkBatches({ store: queue, holders, clock, metrics, context }));
  const store = new SqliteActionStore(databases);
  const births = new ActionBirths(clock, { expirySeconds, quorums }, mostPending);
  const auditLog = new SqliteAuditLog(databases, undefined as unknown as PlatformDatabase, clock);
  const parts = { store, actuators: new Actuators([actuator]), clock, events, tracing: new NoTracing() };
  runner.register(new EffectHandler(EXECUTION, parts));
  runner.register(new EffectHandler(REVERSAL, parts));
  runner.register(new ExpireApprovalHandler(store, clock));
  return {
    databases,
    store,
    runner,
    metrics,
    events,
    agent: new LocalContainmentAgent({ store, playbooks, births, tenants, audit: auditLog, runner, clock }),
    approvals: new ApprovalsService(store, clock, runner),
    actions: new ContainmentActionsService(store, clock, runner),
    requests: new ActionRequestsService(store, incidents, tenants, runner, births),
    async work(tenant = ACME) {
      runner.wake(tenant);
      await runner.idle(tenant);
    },
    audit: (tenant, incidentId) =>
      auditLog.list(tenant, { after: 0, limit: 10_000, ...(incidentId === undefined ? {} : { incident_id: incidentId }) }),
    kill: () => {
      holders.kill();
      return thread.end();
    },
    async close() {
      await runner.beforeApplicationShutdown();
      if (!given) await databases.closeAll();
      await thread.end();
    },
  };
}

/** Tenants' databases with everything that containment needs. */
export function openDatabases(thread: SqliteThread, directory: string): TenantDatabases {
  return new SqliteTenantDatabases(thread, directory, { ...auditMigrations, ...workMigrations, ...feedMigrations, ...craMigrations });
}

/** A person of a tenant, as the door lets them in when they have signed in. */
export function person(subject: string, tenant: TenantId = ACME, signedInAt = new MovableClock().now()): TenantCaller {
  return {
    tenant,
    correlationId: `req-${subject}`,
    sourceIp: '198.51.100.1',
    principal: {
      subject,
      kind: 'person',
      grants: new Map([[tenant, ['responder']]]),
      platformRoles: [],
      keyId: `key-${subject}`,
      via: 'jwt',
      authTime: signedInAt / 1000,
    },
  };
}

export function tenantNamed(id: TenantId): Tenant {
  const webhooks: TenantWebhooks = { notify_url: null, ticket_url: null, actuator_url: null };
  return {
    tenant_id: id,
    name: id,
    bigquery_dataset: 'dataset',
    pubsub_topic: 'topic-name',
    rate_limits: { ingest_eps: 1, ingest_burst: 10, alerts_per_min: 1 },
    features: { advanced_ml: false, auto_containment: false },
    anomaly_risk: null,
    critical_entities: ['dc01', 'administrator'],
    webhooks,
    outbound_allow: [],
    retention: { event_months: null },
    legal_hold: null,
    status: 'active',
    created_at: '2026-11-21T00:00:00.000Z',
    updated_at: '2026-11-21T00:00:00.000Z',
    version: 1,
  };
}

let incidentsMade = 0;

/** An incident as the contract has it. */
export function incident(change: Partial<Incident> = {}): Incident {
  return {
    incident_id: `incident-${++incidentsMade}`,
    tenant_id: ACME,
    title: 'Data leaves FIN-WS-07',
    kind: 'exfiltration',
    status: 'open',
    severity: 'critical',
    classification: 'critical',
    score: 92,
    assignee: null,
    entities: [
      { type: 'ip', value: '203.0.113.9' },
      { type: 'ip', value: '10.1.2.3' },
      { type: 'domain', value: 'files.evil.example' },
      { type: 'host', value: 'fin-ws-07' },
      { type: 'user', value: 'jo' },
    ],
    tactics: ['initial-access', 'exfiltration'],
    techniques: ['T1048'],
    alert_count: 3,
    first_event_at: '2026-11-21T09:00:00.000Z',
    last_event_at: '2026-11-21T09:30:00.000Z',
    merged_into: null,
    created_at: '2026-11-21T09:00:01.000Z',
    updated_at: '2026-11-21T09:30:01.000Z',
    correlation_id: 'req-incident',
    version: 1,
    ...change,
  };
}

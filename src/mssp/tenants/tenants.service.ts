import { Injectable } from '@nestjs/common';
import type { TenantId } from '../../contracts/tenant.js';
import type { AuditEntry } from '../../platform/audit/audit-record.js';
import type { Caller } from '../../platform/auth/caller.decorator.js';
import { deedOf } from '../../platform/auth/deed-of.js';
import { Clock } from '../../platform/clock/clock.js';
import { OutboundHttp } from '../../platform/outbound/outbound-http.js';
import { invalid, notFound, Problem, staleVersion } from '../../platform/problems/problem.js';
import type { Tenant, TenantSettings } from '../../platform/tenancy/tenant.js';
import { TenantDirectory } from '../../platform/tenancy/tenant-directory.js';
import { completeTenant, type WrittenTenant } from '../../platform/tenancy/tenants-file.js';
import { WorkRunner } from '../../platform/work-queue/work-runner.js';
import { webhookFaults } from './webhook-faults.js';
import type { CreateTenantBody, UpdateTenantBody } from './tenant-body.dto.js';

const DEFAULT_LIMITS = { ingest_eps: 1_000, alerts_per_min: 600 };
const DEFAULT_FEATURES = { advanced_ml: false, auto_containment: false };

/** Life cycle of tenants, for the platform's operators. */
@Injectable()
export class TenantsService {
  constructor(
    private readonly directory: TenantDirectory,
    private readonly clock: Clock,
    private readonly runner: WorkRunner,
    private readonly outbound: OutboundHttp,
  ) {}

  list(): Promise<readonly Tenant[]> {
    return this.directory.list();
  }

  /** @throws Problem 404 */
  async get(id: TenantId): Promise<Tenant> {
    const tenant = await this.directory.find(id);
    if (!tenant) throw notFound();
    return tenant;
  }

  /** @throws Problem 409, with nothing changed, where the id is taken; 422 for webhooks that will not be called. */
  async create(caller: Caller, body: CreateTenantBody): Promise<Tenant> {
    const now = this.clock.isoNow();
    const settings = completeTenant(withDefaults(body));
    this.refuseWebhooks(settings);
    const tenant: Tenant = { ...settings, status: 'active', legal_hold: null, created_at: now, updated_at: now, version: 1 };
    if (!(await this.directory.add(tenant, entry(caller, 'tenant.created', tenant.tenant_id)))) {
      throw new Problem('conflict', 'There is a tenant with this id already; choose another.');
    }
    return tenant;
  }

  /** @throws Problem 404, 409, 422 */
  async update(caller: Caller, id: TenantId, body: UpdateTenantBody, version: number | undefined): Promise<Tenant> {
    const { version: _, rate_limits, webhooks, critical_entities, retention, ...changes } = body;
    return this.change(caller, id, 'tenant.updated', version, (tenant) => {
      const next: Tenant = {
        ...tenant,
        ...changes,
        ...(rate_limits ? { rate_limits: { ...rate_limits, ingest_burst: rate_limits.ingest_burst ?? 10 * rate_limits.ingest_eps } } : {}),
        ...(critical_entities ? { critical_entities: critical_entities.map((name) => name.toLowerCase()) } : {}),
        webhooks: { ...tenant.webhooks, ...webhooks },
        retention: { ...tenant.retention, ...retention },
      };
      if (webhooks ?? changes.outbound_allow) this.refuseWebhooks(next);
      return next;
    });
  }

  /**
   * A suspended tenant's credentials are refused everywhere, those of its lists too, and its queued work waits; its data stays, and what is in
   * force outside stays in force. @throws Problem 404, 409
   */
  suspend(caller: Caller, id: TenantId): Promise<Tenant> {
    return this.become(caller, id, 'suspended', 'tenant.suspended');
  }

  /** @throws Problem 404, 409 */
  async resume(caller: Caller, id: TenantId): Promise<Tenant> {
    const resumed = await this.become(caller, id, 'active', 'tenant.resumed');
    this.runner.wake(id);
    return resumed;
  }

  private refuseWebhooks(settings: TenantSettings): void {
    const faults = webhookFaults(settings, this.outbound);
    if (faults.length > 0) throw invalid(faults);
  }

  private async become(caller: Caller, id: TenantId, status: Tenant['status'], action: string): Promise<Tenant> {
    const tenant = await this.get(id);
    return tenant.status === status ? tenant : this.change(caller, id, action, undefined, (before) => ({ ...before, status }));
  }

  private async change(
    caller: Caller,
    id: TenantId,
    action: string,
    version: number | undefined,
    changed: (tenant: Tenant) => Tenant,
  ): Promise<Tenant> {
    const tenant = await this.get(id);
    refuseDeleting(tenant);
    if (version !== undefined && version !== tenant.version) throw staleVersion(tenant.version);
    const next: Tenant = { ...changed(tenant), updated_at: this.clock.isoNow(), version: tenant.version + 1 };
    if (!(await this.directory.replace(next, entry(caller, action, id)))) throw staleVersion((await this.get(id)).version);
    return next;
  }
}

/** @throws Problem 409 for a tenant that is being deleted. */
export function refuseDeleting({ status }: Tenant): void {
  if (status === 'deleting') throw new Problem('conflict', 'The tenant is being deleted.');
}

function withDefaults(body: CreateTenantBody): WrittenTenant {
  return {
    ...body,
    bigquery_dataset: body.bigquery_dataset ?? `gatra_${body.tenant_id.replaceAll('-', '_')}`,
    pubsub_topic: body.pubsub_topic ?? `gatra-${body.tenant_id}-alerts`,
    rate_limits: body.rate_limits ?? DEFAULT_LIMITS,
    features: body.features ?? DEFAULT_FEATURES,
  };
}

function entry(caller: Caller, action: string, tenant: string): AuditEntry {
  return {
    ...deedOf(caller),
    action,
    target: { type: 'tenant', id: tenant },
    outcome: 'success',
  };
}

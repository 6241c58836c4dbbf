import { Injectable } from '@nestjs/common';
import type { TenantId } from '../../contracts/tenant.js';
import type { AuditEntry } from '../../platform/audit/audit-record.js';
import type { Caller } from '../../platform/auth/caller.decorator.js';
import { deedOf } from '../../platform/auth/deed-of.js';
import { Clock } from '../../platform/clock/clock.js';
import { invalid, notFound, Problem, staleVersion } from '../../platform/problems/problem.js';
import { TenantEraser } from '../../platform/tenancy/erasure/tenant-eraser.js';
import type { TenantErasure } from '../../platform/tenancy/erasure/tenant-erasure.js';
import type { Tenant } from '../../platform/tenancy/tenant.js';
import { TenantDirectory } from '../../platform/tenancy/tenant-directory.js';
import { TenantsFileSync, type TenantsReload } from '../../platform/tenancy/tenants-file-sync.js';
import { completeTenant, TenantsFileError, type WrittenTenant } from '../../platform/tenancy/tenants-file.js';
import { WorkRunner } from '../../platform/work-queue/work-runner.js';
import type { CreateTenantBody, UpdateTenantBody } from './tenant.dto.js';

const DEFAULT_LIMITS = { ingest_eps: 1_000, alerts_per_min: 600 };
const DEFAULT_FEATURES = { advanced_ml: false, auto_containment: false };

/** Life cycle of tenants, for the platform's operators. */
@Injectable()
export class TenantsService {
  constructor(
    private readonly directory: TenantDirectory,
    private readonly clock: Clock,
    private readonly runner: WorkRunner,
    private readonly eraser: TenantEraser,
    private readonly file: TenantsFileSync,
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

  /** @throws Problem 409, with nothing changed, where the id is taken. */
  async create(caller: Caller, body: CreateTenantBody): Promise<Tenant> {
    const now = this.clock.isoNow();
    const settings = completeTenant(withDefaults(body));
    const tenant: Tenant = { ...settings, status: 'active', created_at: now, updated_at: now, version: 1 };
    if (!(await this.directory.add(tenant, entry(caller, 'tenant.created', tenant.tenant_id)))) {
      throw new Problem('conflict', 'There is a tenant with this id already; choose another.');
    }
    return tenant;
  }

  /** @throws Problem 404, 409 */
  async update(caller: Caller, id: TenantId, body: UpdateTenantBody, version: number | undefined): Promise<Tenant> {
    const { version: _, rate_limits, webhooks, critical_entities, ...changes } = body;
    return this.change(caller, id, 'tenant.updated', version, (tenant) => ({
      ...tenant,
      ...changes,
      ...(rate_limits ? { rate_limits: { ...rate_limits, ingest_burst: rate_limits.ingest_burst ?? 10 * rate_limits.ingest_eps } } : {}),
      ...(critical_entities ? { critical_entities: critical_entities.map((name) => name.toLowerCase()) } : {}),
      webhooks: { ...tenant.webhooks, ...webhooks },
    }));
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

  /**
   * Takes the tenant out of service at once and deletes it and all of its data, which goes on after the answer; asking again changes nothing.
   * @param confirmed the tenant's id once more.
   * @throws Problem 404, 409, 422
   */
  async remove(caller: Caller, id: TenantId, version: number | undefined, confirmed: string | undefined): Promise<TenantErasure> {
    const tenant = await this.get(id);
    if (confirmed !== id)
      throw invalid([{ pointer: 'confirm', code: 'not_confirmed', detail: 'the id of the tenant that is to be deleted' }]);
    if (version === undefined) {
      throw invalid([{ pointer: 'If-Match', code: 'version_missing', detail: 'the version of the tenant that was read, as in "7"' }]);
    }
    if (tenant.status === 'deleting') return this.erasure(id);
    if (version !== tenant.version) throw staleVersion(tenant.version);
    const erasure = await this.eraser.begin(deedOf(caller), tenant);
    if (!erasure) throw staleVersion((await this.get(id)).version);
    return erasure;
  }

  /** The latest deletion of a tenant with this id. @throws Problem 404 */
  async erasure(id: TenantId): Promise<TenantErasure> {
    const erasure = await this.eraser.latest(id);
    if (!erasure) throw notFound();
    return erasure;
  }

  /** Takes up what the tenants file says. @throws Problem 422, with nothing changed. */
  async reload(caller: Caller): Promise<TenantsReload> {
    try {
      return await this.file.reload(deedOf(caller));
    } catch (error) {
      if (error instanceof TenantsFileError) throw invalid(error.faults);
      throw error;
    }
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

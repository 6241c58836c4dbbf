import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { TenantId } from '../../../contracts/tenant.js';
import type { AuditEntry } from '../../audit/audit-record.js';
import type { Deed } from '../../auth/deed-of.js';
import { SharedChanges } from '../../changes/shared-changes.js';
import { Clock } from '../../clock/clock.js';
import { TenantPresence } from '../tenant-presence.js';
import type { Tenant } from '../tenant.js';
import { ErasureStore } from './erasure-store.js';
import { TenantData } from './tenant-data.js';
import type { TenantErasure } from './tenant-erasure.js';

/** Time in which every process that shares the data directory sees that the tenant is being deleted, and closes what it holds of it. */
const OTHERS_MS = 3_000;
const AGAIN_MS = 10_000;

/**
 * Deletes tenants: closes everything that is open of them, destroys their keys, removes their files, looks for traces, and writes down what was
 * removed. Each step may be done twice, so what a stop interrupts is gone on with at the next start.
 */
@Injectable()
export class TenantEraser implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(TenantEraser.name);
  private readonly running = new Map<TenantId, Promise<void>>();
  private readonly stopping = new AbortController();

  constructor(
    private readonly store: ErasureStore,
    private readonly presence: TenantPresence,
    private readonly data: TenantData,
    private readonly changes: SharedChanges,
    private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    for (const erasure of await this.store.running()) this.start(erasure);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await Promise.allSettled(this.running.values());
  }

  /** Takes a tenant out of service and begins to delete it; `undefined` where it was changed meanwhile. */
  async begin(deed: Deed, tenant: Tenant): Promise<TenantErasure | undefined> {
    const now = this.clock.isoNow();
    const deleting: Tenant = { ...tenant, status: 'deleting', updated_at: now, version: tenant.version + 1 };
    const asked = {
      tenant_id: tenant.tenant_id,
      state: 'running',
      requested_at: now,
      requested_by: deed.actor,
      correlation_id: deed.correlation_id,
      removed: null,
      scan: null,
      finished_at: null,
    } as const;
    const erasure = await this.store.begin(deleting, asked, (incarnation) =>
      entry(deed, 'tenant.deleting', tenant.tenant_id, { incarnation }),
    );
    if (!erasure) return undefined;
    await Promise.all([this.changes.announce(), this.presence.look()]);
    this.start(erasure);
    return erasure;
  }

  /** The last deletion of a tenant. One that this process has just closed is told of once its traces are out of the files and nobody finds the tenant. */
  async latest(tenant: TenantId): Promise<TenantErasure | undefined> {
    const erasure = await this.store.latest(tenant);
    if (erasure?.state === 'done') await this.running.get(tenant);
    return erasure;
  }

  private start(erasure: TenantErasure): void {
    const { tenant_id: tenant } = erasure;
    if (this.running.has(tenant)) return;
    const run = this.untilDone(erasure).finally(() => this.running.delete(tenant));
    this.running.set(tenant, run);
  }

  private async untilDone(erasure: TenantErasure): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        await this.erase(erasure);
        return;
      } catch (error) {
        if (signal.aborted) return;
        this.logger.error({ err: error, event: 'tenant.erasure_failed', tenant_id: erasure.tenant_id }, 'will be tried again');
        await sleep(AGAIN_MS, undefined, { signal, ref: false }).catch(() => undefined);
      }
    }
  }

  private async erase(begun: TenantErasure): Promise<void> {
    const { tenant_id: tenant } = begun;
    await this.presence.retire(tenant);
    await sleep(OTHERS_MS, undefined, { signal: this.stopping.signal });
    let erasure = (await this.store.latest(tenant)) ?? begun;
    if (erasure.state === 'done') return;
    const needles = await this.store.traces(tenant);
    if (!erasure.removed) {
      const nothing = { data_keys: 0, api_keys: 0, answers: 0 };
      erasure = { ...erasure, removed: { ...(await this.data.inventory(tenant)), ...nothing } };
      await this.store.note(erasure);
    }
    const data_keys = await this.data.destroy(tenant);
    const { api_keys, answers } = await this.store.purge(tenant);
    erasure = { ...erasure, removed: addTo(erasure.removed, { data_keys, api_keys, answers }) };
    await this.store.note(erasure);
    const scan = await this.data.scan(tenant, needles);
    if (scan.traces > 0) throw new Error(`${scan.traces} traces of the tenant were found`);
    await this.finish({ ...erasure, state: 'done', scan, finished_at: this.clock.isoNow() });
    await this.presence.look();
  }

  private async finish(erasure: TenantErasure): Promise<void> {
    const { tenant_id, incarnation, removed, scan, requested_by, correlation_id } = erasure;
    const deed = { actor: { type: 'system', id: 'tenant-eraser' }, correlation_id, source_ip: '' } as const;
    const details = { incarnation, requested_by: requested_by.id, removed, scan };
    if (!(await this.store.finish(erasure, entry(deed, 'tenant.erased', tenant_id, details)))) return;
    this.logger.log({ event: 'tenant.erased', tenant_id, incarnation }, 'a tenant and all of its data are gone');
  }
}

type Counts = Pick<NonNullable<TenantErasure['removed']>, 'data_keys' | 'api_keys' | 'answers'>;

/** A step that was interrupted may find less the second time; what it removed the first time still counts. */
function addTo(removed: TenantErasure['removed'], more: Counts): TenantErasure['removed'] {
  if (!removed) return removed;
  return {
    ...removed,
    data_keys: removed.data_keys + more.data_keys,
    api_keys: removed.api_keys + more.api_keys,
    answers: removed.answers + more.answers,
  };
}

function entry(deed: Deed, action: string, id: string, details: object): AuditEntry {
  return { ...deed, action, target: { type: 'tenant', id }, outcome: 'success', details: { ...details } };
}

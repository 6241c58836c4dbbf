import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { TenantId } from '../../contracts/tenant.js';
import { AuditLog } from '../../platform/audit/audit-log.js';
import { Clock } from '../../platform/clock/clock.js';
import { Metrics } from '../../platform/observability/metrics.js';
import { TenantClosers } from '../../platform/tenancy/tenant-closers.js';
import { account, type AccountedHour } from './domain/accounting.js';
import { EventPipeline } from './domain/event-pipeline.js';

const EVERY_MS = 60_000;
const HOUR_MS = 3_600_000;
/** How far back hours are checked: those that something may still have been added to. */
const LOOK_BACK_MS = 2 * HOUR_MS;

/**
 * Draws the balance of the last hours again and again, for the tenants that this process has taken events of, with what is stored counted anew. Events
 * that nobody can account for are an alarm: a metric, a log line, and once for each hour and number a record in the tenant's audit log.
 */
@Injectable()
export class AccountingCheck implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(AccountingCheck.name);
  private readonly noted = new Set<TenantId>();
  private readonly told = new Map<TenantId, Map<string, number>>();
  private timer: NodeJS.Timeout | undefined;
  private underWay: Promise<void> | undefined;

  constructor(
    private readonly pipeline: EventPipeline,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
    closers: TenantClosers,
  ) {
    closers.register((tenant) => this.forget(tenant));
  }

  /** Events of a tenant have come in. */
  note(tenant: TenantId): void {
    this.noted.add(tenant);
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.underWay ??= this.check().finally(() => (this.underWay = undefined));
    }, EVERY_MS);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.underWay;
  }

  /** Checks now. What cannot be checked is checked the next time. */
  async check(): Promise<void> {
    const noted = [...this.noted];
    this.noted.clear();
    for (const tenant of noted) {
      await this.checkTenant(tenant).catch((error: unknown) => {
        this.noted.add(tenant);
        this.logger.warn({ err: error, event: 'accounting.unchecked', tenant_id: tenant }, 'the account could not be checked');
      });
    }
  }

  private async checkTenant(tenant: TenantId): Promise<void> {
    const now = this.clock.now();
    const hours = (await this.pipeline.recount(tenant, now - LOOK_BACK_MS, now + HOUR_MS)).map(account);
    const open = hours.filter(({ remainder }) => remainder !== 0);
    // An account that does not close is looked at again although nothing comes in, until it does or its hours are past.
    if (open.length > 0) this.noted.add(tenant);
    const remainder = open.reduce((sum, hour) => sum + hour.remainder, 0);
    this.metrics.accountingRemainder.set({ tenant_id: tenant }, remainder);
    for (const hour of open) await this.tell(tenant, hour);
  }

  private async tell(tenant: TenantId, { hour, received, stored, remainder }: AccountedHour): Promise<void> {
    const told = this.told.get(tenant) ?? new Map<string, number>();
    if (told.get(hour) === remainder) return;
    this.logger.error(
      { event: 'accounting.remainder', tenant_id: tenant, hour, received, stored, remainder },
      'events cannot be accounted for',
    );
    await this.audit.append(tenant, [
      {
        action: 'accounting.remainder',
        actor: { type: 'system', id: 'accounting' },
        target: { type: 'hour', id: hour },
        outcome: 'failure',
        correlation_id: 'accounting',
        details: { received, stored, remainder },
      },
    ]);
    this.told.set(tenant, told.set(hour, remainder));
  }

  private forget(tenant: TenantId): void {
    this.noted.delete(tenant);
    this.told.delete(tenant);
  }
}

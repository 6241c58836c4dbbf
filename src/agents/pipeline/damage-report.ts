import { Logger } from '@nestjs/common';
import type { TenantId } from '../../contracts/tenant.js';
import type { EventDamage } from '../../mssp/ingest/domain/event-damage.js';
import type { AuditLog } from '../../platform/audit/audit-log.js';
import type { Metrics } from '../../platform/observability/metrics.js';
import type { DamageRegister } from '../../platform/storage/damage-register.js';

/** Tells of a damaged event file wherever somebody may look: the log, the metrics, the tenant's audit log, and health. */
export class DamageReport {
  private readonly logger = new Logger(DamageReport.name);

  constructor(
    private readonly metrics: Metrics,
    private readonly audit: AuditLog,
    private readonly register: DamageRegister,
  ) {}

  tell(tenant: TenantId, damage: EventDamage): void {
    const { month, lost } = damage;
    this.register.add(`events of ${month}`);
    this.metrics.eventFilesDamaged.inc({ tenant_id: tenant });
    this.metrics.storedEventsLost.inc({ tenant_id: tenant }, lost ?? 0);
    this.logger.error({ event: 'storage.damaged', tenant_id: tenant, ...damage }, 'an event file was not what had been written');
    this.record(tenant, damage).catch((error: unknown) =>
      this.logger.error({ err: error, event: 'storage.damage_unrecorded', tenant_id: tenant }, 'the audit log took no record of it'),
    );
  }

  private async record(tenant: TenantId, { month, kept, lost, recovered, between }: EventDamage): Promise<void> {
    await this.audit.append(tenant, [
      {
        action: 'events.lost',
        actor: { type: 'system', id: 'event-store' },
        target: { type: 'event_file', id: month },
        outcome: 'failure',
        correlation_id: 'event-store',
        details: { kept, lost, recovered, between },
      },
    ]);
  }
}

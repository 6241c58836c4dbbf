import { Injectable } from '@nestjs/common';
import type { Alert } from '../../contracts/alert.js';
import type { Incident } from '../../contracts/incident.js';
import type { TenantId } from '../../contracts/tenant.js';
import { AuditLog } from '../../platform/audit/audit-log.js';
import type { AuditRecord } from '../../platform/audit/audit-record.js';
import { decodeCursor, encodeCursor } from '../../platform/http/page.js';
import { AlertStore } from './domain/alert-store.js';
import { interleave } from './domain/interleave.js';
import { IncidentStore } from './domain/incident-store.js';
import { titleOfStep } from './domain/step-title.js';
import type { TimelineItemDto, TimelinePageDto } from './incident.dto.js';

/** Incidents merged into one whose steps are shown with its own. */
const MOST_MERGED = 50;

/** Tells an incident's story: its alerts by event time and the steps taken in it, oldest first. */
@Injectable()
export class IncidentTimelineService {
  constructor(
    private readonly alerts: AlertStore,
    private readonly incidents: IncidentStore,
    private readonly audit: AuditLog,
  ) {}

  /** @throws Problem 400 where the cursor is not one of this list. */
  async page(tenant: TenantId, incident: Incident, limit: number, cursor: string | undefined): Promise<TimelinePageDto> {
    const start = cursor === undefined ? ['', '', 0] : decodeCursor(cursor, ['string', 'string', 'number']);
    const [time, alertId, step] = start as [string, string, number];
    const alerts = await this.alertsAfter(tenant, incident, limit, [time, alertId]);
    const steps = await this.stepsAfter(tenant, incident, limit, step);
    const { items, firsts, seconds } = interleave(alerts, steps, (alert, record) => alert.event_time <= record.timestamp, limit);
    const lastAlert = alerts[firsts - 1];
    const next = [...(lastAlert ? [lastAlert.event_time, lastAlert.alert_id] : [time, alertId]), steps[seconds - 1]?.index ?? step];
    return {
      items: items.map((item) => ('first' in item ? itemOfAlert(item.first) : itemOfStep(item.second))),
      next_cursor: alerts.length > firsts || steps.length > seconds ? encodeCursor(next) : null,
    };
  }

  private alertsAfter(tenant: TenantId, incident: Incident, limit: number, after: [string, string]): Promise<readonly Alert[]> {
    const sort = { by: 'event_time', descending: false } as const;
    return this.alerts.list(tenant, { incident_id: [incident.incident_id], sort, limit, after });
  }

  private async stepsAfter(tenant: TenantId, incident: Incident, limit: number, after: number): Promise<readonly AuditRecord[]> {
    const merged = await this.incidents.mergedInto(tenant, incident.incident_id);
    const records: AuditRecord[] = [];
    for (const incident_id of [incident.incident_id, ...merged.slice(0, MOST_MERGED)]) {
      records.push(...(await this.audit.list(tenant, { incident_id, after, limit: limit + 1 })));
    }
    return records.sort((a, b) => a.index - b.index).slice(0, limit + 1);
  }
}

function itemOfAlert(alert: Alert): TimelineItemDto {
  return {
    at: alert.event_time,
    kind: 'alert',
    title: alert.title,
    alert_id: alert.alert_id,
    severity: alert.severity,
    classification: alert.verdict?.classification ?? null,
    techniques: [...alert.techniques],
    tactics: [...alert.tactics],
    entities: [...alert.entities],
    actor: null,
    outcome: null,
    correlation_id: alert.correlation_id,
  };
}

function itemOfStep(record: AuditRecord): TimelineItemDto {
  return {
    at: record.timestamp,
    kind: 'step',
    title: titleOfStep(record),
    alert_id: null,
    severity: null,
    classification: null,
    techniques: [],
    tactics: [],
    entities: [],
    actor: record.actor.id,
    outcome: record.outcome,
    correlation_id: record.correlation_id,
  };
}

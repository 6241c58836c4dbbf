import { ApiProperty } from '@nestjs/swagger';
import { INCIDENT_STATUSES, type Incident, type IncidentStatus } from '../../contracts/incident.js';
import { SEVERITIES, type Severity } from '../../contracts/severity.js';
import type { TenantId } from '../../contracts/tenant.js';
import { CLASSIFICATIONS, type Classification } from '../../contracts/verdict.js';
import { EntityDto } from '../../platform/contract-dto/entity.dto.js';

/** Alerts that belong together. */
export class IncidentDto implements Incident {
  incident_id: string;
  @ApiProperty({ type: String })
  tenant_id: TenantId;
  title: string;
  /** The furthest ATT&CK tactic reached, or `suspicious-activity`. */
  kind: string;
  @ApiProperty({ enum: INCIDENT_STATUSES })
  status: IncidentStatus;
  /** The highest of its alerts, raised by one where three steps along the kill chain were taken in order. */
  @ApiProperty({ enum: SEVERITIES })
  severity: Severity;
  /** The worst of its alerts, raised like the severity. */
  @ApiProperty({ enum: CLASSIFICATIONS })
  classification: Classification;
  /** Highest triage score of its alerts, 0 to 100. */
  score: number;
  @ApiProperty({ type: String, nullable: true })
  assignee: string | null;
  /** What its suspicious and worse alerts are about, the most incriminated first; at most 200. */
  entities: EntityDto[];
  /** ATT&CK tactics in kill-chain order. */
  tactics: string[];
  techniques: string[];
  alert_count: number;
  first_event_at: string;
  last_event_at: string;
  @ApiProperty({ type: String, nullable: true })
  merged_into: string | null;
  created_at: string;
  updated_at: string;
  correlation_id: string;
  version: number;
}

/** A page of incidents. */
export class IncidentPageDto {
  items: IncidentDto[];
  next_cursor: string | null;
}

/** Something that happened: an alert, or a step that people or the platform took. */
export class TimelineItemDto {
  /** Of an alert its event time, of a step when it was taken. */
  at: string;
  @ApiProperty({ enum: ['alert', 'step'] })
  kind: 'alert' | 'step';
  /** The alert's title, or the step's name as in the audit log: `containment.executed`. */
  title: string;
  @ApiProperty({ type: String, nullable: true })
  alert_id: string | null;
  @ApiProperty({ enum: SEVERITIES, nullable: true })
  severity: Severity | null;
  @ApiProperty({ enum: CLASSIFICATIONS, nullable: true })
  classification: Classification | null;
  techniques: string[];
  tactics: string[];
  entities: EntityDto[];
  /** Who took the step. */
  @ApiProperty({ type: String, nullable: true })
  actor: string | null;
  @ApiProperty({ enum: ['success', 'failure', 'refused'], nullable: true })
  outcome: 'success' | 'failure' | 'refused' | null;
  correlation_id: string;
}

/** A page of a timeline. */
export class TimelinePageDto {
  items: TimelineItemDto[];
  next_cursor: string | null;
}

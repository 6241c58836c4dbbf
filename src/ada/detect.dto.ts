import { ApiProperty } from '@nestjs/swagger';
import { IsOptional, IsUUID } from 'class-validator';
import { DETECTORS, type Detection, type DetectorKind } from '../contracts/detection.js';
import { EVENT_FORMATS } from '../contracts/security-event.js';
import type { InspectionReport } from '../contracts/sent-events.js';
import { SEVERITIES, type Severity } from '../contracts/severity.js';
import { TLP_MARKINGS, type Tlp } from '../contracts/tlp.js';
import { EntityDto, RuleReferenceDto } from '../platform/contract-dto/entity.dto.js';

/** Which batch it is. */
export class DetectQuery {
  /** Identifies the batch, so that it can be sent again; made where it is left out. */
  @IsUUID()
  @IsOptional()
  batch_id?: string;
}

/** Events to be inspected. Read beside the detectors, not by a validator; the class is its description. */
export class DetectRequestDto {
  @ApiProperty({ enum: ['auto', ...EVENT_FORMATS], required: false, default: 'auto' })
  source?: string;

  @ApiProperty({
    type: 'array',
    minItems: 1,
    maxItems: 5_000,
    items: { type: 'object', additionalProperties: true },
    example: [{ '@timestamp': '2026-01-15T09:30:00.000Z', message: 'Failed password for root', host: 'web-1' }],
  })
  events: Record<string, unknown>[];
}

/** Why one event could not be read. */
export class UnreadEventDto {
  /** Position in the request, from 0. */
  index: number;
  code: string;
  detail: string;
}

/** Something that a detector saw in one event. */
export class DetectionDto implements Detection {
  @ApiProperty({ enum: DETECTORS })
  detector: DetectorKind;
  rule: RuleReferenceDto;
  @ApiProperty({ enum: SEVERITIES })
  severity: Severity;
  /** Position of the event in the request, from 0. */
  event_index: number;
  event_time: string;
  entities: EntityDto[];
  /** ATT&CK technique ids. */
  techniques: string[];
  /** ATT&CK tactic short names. */
  tactics: string[];
  /** What was seen. */
  reason: string;
  /** 0 (common) to 1 (never seen before in this tenant), where a detector can tell. */
  rarity?: number;
  /** Ids of the events that show it, oldest first, where these are more than one. */
  evidence?: string[];
  /** 0 to 1, where the detection is an intelligence match. */
  indicator_confidence?: number;
  /** How the indicator is marked (Traffic Light Protocol 2.0), where it is. */
  @ApiProperty({ enum: TLP_MARKINGS, required: false })
  indicator_tlp?: Tlp;
}

/** What inspection found. */
export class InspectionReportDto implements InspectionReport {
  batch_id: string;
  inspected: number;
  rejected: UnreadEventDto[];
  /** In order of event index, then rule id. */
  detections: DetectionDto[];
}

import { ApiProperty } from '@nestjs/swagger';
import { ALERT_STATUSES, type Alert, type AlertStatus } from '../../contracts/alert.js';
import { DETECTORS, type DetectorKind, type RuleReference } from '../../contracts/detection.js';
import { ENTITY_TYPES, type Entity, type EntityType } from '../../contracts/entity.js';
import { SEVERITIES, type Severity } from '../../contracts/severity.js';
import type { TenantId } from '../../contracts/tenant.js';
import {
  CLASSIFICATIONS,
  CONTRIBUTIONS,
  type Classification,
  type Contribution,
  type Counterfactual,
  type Verdict,
} from '../../contracts/verdict.js';

/** Something that an alert is about. */
export class EntityDto implements Entity {
  @ApiProperty({ enum: ENTITY_TYPES })
  type: EntityType;
  value: string;
}

/** The rule that matched. */
export class RuleReferenceDto implements RuleReference {
  id: string;
  title: string;
  author: string;
  @ApiProperty({ enum: SEVERITIES })
  level: Severity;
  license: string;
}

/** One named part of a score. */
export class ContributionDto implements Contribution {
  @ApiProperty({ enum: CONTRIBUTIONS })
  name: Contribution['name'];
  points: number;
  reason: string;
}

/** The smallest single change that would have changed the classification. */
export class CounterfactualDto implements Counterfactual {
  @ApiProperty({ enum: CLASSIFICATIONS })
  classification: Classification;
  change: string;
}

/** What triage says of an alert. */
export class VerdictDto implements Verdict {
  @ApiProperty({ enum: CLASSIFICATIONS })
  classification: Classification;
  /** 0 to 100: the sum of the contributions. */
  score: number;
  /** 0 to 1. */
  confidence: number;
  reasons: string[];
  contributions: ContributionDto[];
  counterfactuals: CounterfactualDto[];
  model_version: string;
}

/** An alert. */
export class AlertDto implements Alert {
  alert_id: string;
  @ApiProperty({ type: String })
  tenant_id: TenantId;
  created_at: string;
  updated_at: string;
  event_time: string;
  title: string;
  /** What was seen. */
  reason: string;
  @ApiProperty({ enum: SEVERITIES })
  severity: Severity;
  @ApiProperty({ enum: ALERT_STATUSES })
  status: AlertStatus;
  @ApiProperty({ type: String, nullable: true })
  assignee: string | null;
  @ApiProperty({ enum: DETECTORS })
  detector: DetectorKind;
  rule: RuleReferenceDto;
  entities: EntityDto[];
  /** ATT&CK technique ids. */
  techniques: string[];
  /** ATT&CK tactic short names. */
  tactics: string[];
  /** Ids of the events, oldest first; at most 100 are listed. */
  evidence: string[];
  /** How many events there are. */
  count: number;
  @ApiProperty({ type: Number, nullable: true })
  rarity: number | null;
  @ApiProperty({ type: Number, nullable: true })
  indicator_confidence: number | null;
  @ApiProperty({ type: VerdictDto, nullable: true })
  verdict: VerdictDto | null;
  @ApiProperty({ type: String, nullable: true })
  incident_id: string | null;
  correlation_id: string;
  version: number;
}

/** A page of alerts. */
export class AlertPageDto {
  items: AlertDto[];
  next_cursor: string | null;
}

/** Why an alert was judged as it was. */
export class ExplanationDto {
  alert_id: string;
  @ApiProperty({ enum: CLASSIFICATIONS })
  classification: Classification;
  /** The sum of the contributions' points. */
  score: number;
  confidence: number;
  contributions: ContributionDto[];
  reasons: string[];
  /** What would have flipped the verdict. */
  counterfactuals: CounterfactualDto[];
  model_version: string;
  rule: RuleReferenceDto;
  @ApiProperty({ enum: DETECTORS })
  detector: DetectorKind;
  @ApiProperty({ type: Number, nullable: true })
  rarity: number | null;
  @ApiProperty({ type: Number, nullable: true })
  indicator_confidence: number | null;
}

import { ApiProperty } from '@nestjs/swagger';
import { DETECTORS, type DetectorKind } from '../../contracts/detection.js';
import { CLASSIFICATIONS, type Classification } from '../../contracts/verdict.js';
import { AlertDto } from '../../platform/contract-dto/alert.dto.js';
import { RuleReferenceDto } from '../../platform/contract-dto/entity.dto.js';
import { ContributionDto, CounterfactualDto } from '../../platform/contract-dto/verdict.dto.js';

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

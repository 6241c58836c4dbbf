import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { type AttackLayer, LAYER_SCORES, type LayerTechnique, type LayerView } from './domain/attack/attack-layer.js';
import { SomeDays, USUAL_DAYS } from './some-days.js';

/** What a layer is to show. */
export class AttackLayerQuery implements LayerView {
  /** What scores say: `rules`, how many in force look for a technique; `seen`, how many alerts its rules raised. */
  @ApiProperty({ required: false, enum: LAYER_SCORES, default: 'rules' })
  @IsIn(LAYER_SCORES)
  @IsOptional()
  by: LayerView['by'] = 'rules';

  @SomeDays()
  days: number = USUAL_DAYS;
}

/** What is told of a technique: how many alerts its rules raised, when the last, and the rules: the title of each, and who wrote it. */
export class LayerMetadataDto {
  @ApiProperty({ example: 'Suspicious Encoded PowerShell Command Line' })
  name: string;

  @ApiProperty({ example: 'GATRA project' })
  value: string;
}

/** A technique that rules look for, or did. */
export class LayerTechniqueDto implements LayerTechnique {
  @ApiProperty({ example: 'T1059.001' })
  techniqueID: string;

  /** Rules in force that look for it; by `seen`, alerts that its rules raised. */
  @ApiProperty({ example: 2 })
  score: number;

  @ApiProperty({ enum: [true] })
  enabled: true;

  /** Its name, where a bundle of ATT&CK is configured, the number of rules in force, and what they saw. */
  @ApiProperty({ example: 'PowerShell: 2 rules; 14 alerts in 30 days, the last 2026-11-21T09:30:00.000Z' })
  comment: string;

  /** What the rules saw, and the rules, at most 50. */
  @ApiProperty({ type: [LayerMetadataDto] })
  metadata: LayerMetadataDto[];

  showSubtechniques: boolean;
}

/** What the layer was written for. */
export class LayerVersionsDto {
  /** Version of ATT&CK, where the configured bundle says it. */
  @ApiProperty({ required: false, example: '18.1' })
  attack?: string;

  @ApiProperty({ example: '5.1.0' })
  navigator: string;

  @ApiProperty({ example: '4.5' })
  layer: string;
}

/** Colours of scores. */
export class LayerGradientDto {
  @ApiProperty({ type: [String], example: ['#dbe9f6', '#08519c'] })
  colors: string[];

  @ApiProperty({ example: 0 })
  minValue: number;

  @ApiProperty({ example: 2 })
  maxValue: number;
}

/** A layer of the ATT&CK Navigator. */
export class AttackLayerDto implements AttackLayer {
  @ApiProperty({ example: 'GATRA rules in force' })
  name: string;

  @ApiProperty({ example: '120 rules, 60 techniques; 340 alerts in 30 days' })
  description: string;

  @ApiProperty({ enum: ['enterprise-attack'] })
  domain: 'enterprise-attack';

  versions: LayerVersionsDto;

  @ApiProperty({ type: [LayerTechniqueDto] })
  techniques: LayerTechniqueDto[];

  gradient: LayerGradientDto;

  @ApiProperty({ enum: [false] })
  hideDisabled: false;
}

import { ApiProperty } from '@nestjs/swagger';
import type { AttackLayer, LayerTechnique } from './domain/attack/attack-layer.js';

/** A rule that looks for a technique: its title, and who wrote it. */
export class LayerMetadataDto {
  @ApiProperty({ example: 'Suspicious Encoded PowerShell Command Line' })
  name: string;

  @ApiProperty({ example: 'GATRA project' })
  value: string;
}

/** A technique that rules look for. */
export class LayerTechniqueDto implements LayerTechnique {
  @ApiProperty({ example: 'T1059.001' })
  techniqueID: string;

  /** Rules that look for it. */
  @ApiProperty({ example: 2 })
  score: number;

  @ApiProperty({ enum: [true] })
  enabled: true;

  /** Its name, where a bundle of ATT&CK is configured, and the number of rules. */
  @ApiProperty({ example: 'PowerShell: 2 rules' })
  comment: string;

  /** The rules, at most 50. */
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

  @ApiProperty({ example: '120 rules, 60 techniques' })
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

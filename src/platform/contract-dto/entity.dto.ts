import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsNotEmpty, IsString, MaxLength } from 'class-validator';
import type { RuleReference } from '../../contracts/detection.js';
import { ENTITY_TYPES, type Entity, type EntityType } from '../../contracts/entity.js';
import { SEVERITIES, type Severity } from '../../contracts/severity.js';

/** Something that an alert is about. */
export class EntityDto implements Entity {
  @ApiProperty({ enum: ENTITY_TYPES, example: 'host' })
  @IsIn(ENTITY_TYPES)
  type: EntityType;

  @ApiProperty({ example: 'ws-12' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(2_048)
  value: string;
}

/** The rule that matched. */
export class RuleReferenceDto implements RuleReference {
  @ApiProperty({ example: '5f1abf38-291e-4c5a-8a5a-6f6d5c0a2b11' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(256)
  id: string;

  @ApiProperty({ example: 'Encoded command line of PowerShell' })
  @IsString()
  @MaxLength(2_048)
  title: string;

  @ApiProperty({ example: 'GATRA' })
  @IsString()
  @MaxLength(4_096)
  author: string;

  @ApiProperty({ enum: SEVERITIES, example: 'high' })
  @IsIn(SEVERITIES)
  level: Severity;

  @ApiProperty({ example: 'Apache-2.0' })
  @IsString()
  @MaxLength(2_048)
  license: string;
}

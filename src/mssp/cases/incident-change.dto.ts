import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { INCIDENT_STATUSES, type IncidentStatus } from '../../contracts/incident.js';
import { MayBeLeftOut } from '../../platform/http/may-be-left-out.js';

const SETTABLE = INCIDENT_STATUSES.filter((status) => status !== 'merged');

/** What changes of an incident; what is left out stays. */
export class UpdateIncidentBody {
  /** New alerts join an incident until it is closed; those that follow open a new one. */
  @ApiProperty({ required: false, enum: SETTABLE, example: 'in_progress' })
  @IsIn(SETTABLE)
  @MayBeLeftOut()
  status?: IncidentStatus;

  /** Who works on it; null for nobody. */
  @ApiProperty({ required: false, type: String, nullable: true, example: 'analyst@acme-corp' })
  @IsString()
  @Length(1, 200)
  @IsOptional()
  assignee?: string | null;

  /** The version that was read; or send it as `If-Match`. */
  @ApiProperty({ required: false, example: 1 })
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  @MayBeLeftOut()
  version?: number;
}

/** Which incidents belong to this one. */
export class MergeIncidentsBody {
  @ApiProperty({ type: [String], minItems: 1, example: ['0d0f9a3e-8a53-5c0e-9a3f-0f6c3a1d2b4e'] })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @ArrayUnique()
  @IsString({ each: true })
  @MaxLength(64, { each: true })
  incident_ids: string[];

  /** The version of this incident that was read; or send it as `If-Match`. */
  @ApiProperty({ required: false, example: 1 })
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  @MayBeLeftOut()
  version?: number;
}

import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsIn, IsString, MaxLength } from 'class-validator';
import { INCIDENT_STATUSES, type IncidentStatus } from '../../contracts/incident.js';
import { MayBeLeftOut } from '../../platform/http/may-be-left-out.js';
import { VersionedBody } from '../../platform/http/versioned-body.dto.js';
import { CaseChangeBody } from './case-change.dto.js';

const SETTABLE = INCIDENT_STATUSES.filter((status) => status !== 'merged');

/** What changes of an incident; what is left out stays. */
export class UpdateIncidentBody extends CaseChangeBody {
  /** New alerts join an incident until it is closed; those that follow open a new one. */
  @ApiProperty({ required: false, enum: SETTABLE, example: 'in_progress' })
  @IsIn(SETTABLE)
  @MayBeLeftOut()
  status?: IncidentStatus;
}

/** Which incidents belong to this one. */
export class MergeIncidentsBody extends VersionedBody {
  @ApiProperty({ type: [String], minItems: 1, example: ['0d0f9a3e-8a53-5c0e-9a3f-0f6c3a1d2b4e'] })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @ArrayUnique()
  @IsString({ each: true })
  @MaxLength(64, { each: true })
  incident_ids: string[];
}

import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { INCIDENT_STATUSES, type IncidentStatus } from '../../contracts/incident.js';
import { SEVERITIES, type Severity } from '../../contracts/severity.js';
import { CLASSIFICATIONS, type Classification } from '../../contracts/verdict.js';
import { PageQuery } from '../../platform/http/page.js';
import { Repeated } from '../../platform/http/repeated.js';
import { sortWords } from '../../platform/http/sort.js';
import { INCIDENT_SORTS } from './domain/incident-store.js';
import { IsTime } from '../../platform/http/is-time.js';

const SORTS = sortWords(INCIDENT_SORTS);

/** Filters of the list of incidents; repeat one for or. */
export class IncidentListQuery extends PageQuery {
  /** Without it, incidents that were merged into others are left out. */
  @ApiProperty({ required: false, isArray: true, enum: INCIDENT_STATUSES })
  @Repeated()
  @IsIn(INCIDENT_STATUSES, { each: true })
  @ArrayMaxSize(10)
  @IsOptional()
  status?: IncidentStatus[];

  @ApiProperty({ required: false, isArray: true, enum: SEVERITIES })
  @Repeated()
  @IsIn(SEVERITIES, { each: true })
  @ArrayMaxSize(10)
  @IsOptional()
  severity?: Severity[];

  @ApiProperty({ required: false, isArray: true, enum: CLASSIFICATIONS })
  @Repeated()
  @IsIn(CLASSIFICATIONS, { each: true })
  @ArrayMaxSize(10)
  @IsOptional()
  classification?: Classification[];

  /** The furthest ATT&CK tactic reached, or `suspicious-activity`. */
  @ApiProperty({ required: false, isArray: true, type: String })
  @Repeated()
  @IsString({ each: true })
  @MaxLength(64, { each: true })
  @ArrayMaxSize(50)
  @IsOptional()
  kind?: string[];

  /** `ws-17`, or `host:ws-17`. */
  @ApiProperty({ required: false, isArray: true, type: String })
  @Repeated()
  @IsString({ each: true })
  @MaxLength(512, { each: true })
  @ArrayMaxSize(50)
  @IsOptional()
  entity?: string[];

  /** ATT&CK technique; `T1059` also means its sub-techniques. */
  @ApiProperty({ required: false, isArray: true, type: String })
  @Repeated()
  @IsString({ each: true })
  @MaxLength(64, { each: true })
  @ArrayMaxSize(50)
  @IsOptional()
  technique?: string[];

  /** ATT&CK tactic: `lateral-movement`. */
  @ApiProperty({ required: false, isArray: true, type: String })
  @Repeated()
  @IsString({ each: true })
  @MaxLength(64, { each: true })
  @ArrayMaxSize(50)
  @IsOptional()
  tactic?: string[];

  /** Incidents with an event at or after it, RFC 3339. */
  @IsTime()
  @IsOptional()
  from?: string;

  /** Incidents with an event before it, RFC 3339. */
  @IsTime()
  @IsOptional()
  to?: string;

  /** What to sort by; `-` in front for the highest or latest first. */
  @ApiProperty({ required: false, enum: SORTS, default: '-created_at' })
  @IsIn(SORTS)
  @IsOptional()
  sort: (typeof SORTS)[number] = '-created_at';
}

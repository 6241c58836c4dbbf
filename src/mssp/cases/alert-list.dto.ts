import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { ALERT_STATUSES, type AlertStatus } from '../../contracts/alert.js';
import { DETECTORS, type DetectorKind } from '../../contracts/detection.js';
import { SEVERITIES, type Severity } from '../../contracts/severity.js';
import { CLASSIFICATIONS, type Classification } from '../../contracts/verdict.js';
import { PageQuery } from '../../platform/http/page.js';
import { Repeated } from '../../platform/http/repeated.js';
import { sortWords } from '../../platform/http/sort.js';
import { ALERT_SORTS } from './domain/alert-store.js';
import { IsTime } from '../../platform/http/is-time.js';

const SORTS = sortWords(ALERT_SORTS);

/** Filters of the list of alerts; repeat one for or. */
export class AlertListQuery extends PageQuery {
  @ApiProperty({ required: false, isArray: true, enum: ALERT_STATUSES })
  @Repeated()
  @IsIn(ALERT_STATUSES, { each: true })
  @ArrayMaxSize(10)
  @IsOptional()
  status?: AlertStatus[];

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

  @ApiProperty({ required: false, isArray: true, enum: DETECTORS })
  @Repeated()
  @IsIn(DETECTORS, { each: true })
  @ArrayMaxSize(10)
  @IsOptional()
  detector?: DetectorKind[];

  @ApiProperty({ required: false, isArray: true, type: String })
  @Repeated()
  @IsString({ each: true })
  @MaxLength(256, { each: true })
  @ArrayMaxSize(50)
  @IsOptional()
  rule_id?: string[];

  /** ATT&CK technique; `T1059` also means its sub-techniques. */
  @ApiProperty({ required: false, isArray: true, type: String })
  @Repeated()
  @IsString({ each: true })
  @MaxLength(64, { each: true })
  @ArrayMaxSize(50)
  @IsOptional()
  technique?: string[];

  /** `ws-17`, or `host:ws-17`. */
  @ApiProperty({ required: false, isArray: true, type: String })
  @Repeated()
  @IsString({ each: true })
  @MaxLength(512, { each: true })
  @ArrayMaxSize(50)
  @IsOptional()
  entity?: string[];

  @ApiProperty({ required: false, isArray: true, type: String })
  @Repeated()
  @IsString({ each: true })
  @MaxLength(64, { each: true })
  @ArrayMaxSize(50)
  @IsOptional()
  incident_id?: string[];

  /** Earliest event time, RFC 3339. */
  @IsTime()
  @IsOptional()
  from?: string;

  /** End of event times, not included, RFC 3339. */
  @IsTime()
  @IsOptional()
  to?: string;

  /** What to sort by; `-` in front for the highest or latest first. */
  @ApiProperty({ required: false, enum: SORTS, default: '-created_at' })
  @IsIn(SORTS)
  @IsOptional()
  sort: (typeof SORTS)[number] = '-created_at';
}

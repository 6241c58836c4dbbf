import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsIn, IsInt, IsNumber, IsString, IsUUID, Length, Matches, Max, MaxLength, Min } from 'class-validator';
import { ALERT_STATUSES, type Alert, type AlertStatus } from '../../contracts/alert.js';
import { DETECTORS, type DetectorKind } from '../../contracts/detection.js';
import { SEVERITIES, type Severity } from '../../contracts/severity.js';
import type { TenantId } from '../../contracts/tenant.js';
import { TLP_MARKINGS, type Tlp } from '../../contracts/tlp.js';
import { IsTime } from '../http/is-time.js';
import { MayBeLeftOut } from '../http/may-be-left-out.js';
import { MayBeNull } from '../http/may-be-null.js';
import { Nested, NestedList } from '../http/nested.js';
import { EntityDto, RuleReferenceDto } from './entity.dto.js';
import { VerdictDto } from './verdict.dto.js';

const TENANT_ID = /^[a-z][a-z0-9-]{1,62}[a-z0-9]$/;
const MOST_LABELS = 200;
const MOST_ENTITIES = 1_000;

/** An alert. */
export class AlertDto implements Alert {
  @ApiProperty({ example: 'f0e1d2c3-0000-5000-8000-000000000001' })
  @IsUUID()
  alert_id: string;

  @ApiProperty({ type: String, example: 'acme-corp', pattern: TENANT_ID.source })
  @Matches(TENANT_ID)
  tenant_id: TenantId;

  @ApiProperty({ example: '2026-01-15T09:30:00.000Z' })
  @IsTime()
  created_at: string;

  @ApiProperty({ example: '2026-01-15T09:30:00.000Z' })
  @IsTime()
  updated_at: string;

  @ApiProperty({ example: '2026-01-15T09:29:58.000Z' })
  @IsTime()
  event_time: string;

  @ApiProperty({ example: 'Encoded command line of PowerShell' })
  @IsString()
  @MaxLength(1_000)
  title: string;

  /** What was seen. */
  @ApiProperty({ example: 'powershell.exe was started with an encoded command' })
  @IsString()
  @MaxLength(10_000)
  reason: string;

  @ApiProperty({ enum: SEVERITIES, example: 'high' })
  @IsIn(SEVERITIES)
  severity: Severity;

  @ApiProperty({ enum: ALERT_STATUSES, example: 'new' })
  @IsIn(ALERT_STATUSES)
  status: AlertStatus;

  @ApiProperty({ type: String, nullable: true, example: null })
  @IsString()
  @Length(1, 200)
  @MayBeNull()
  assignee: string | null;

  @ApiProperty({ enum: DETECTORS, example: 'sigma' })
  @IsIn(DETECTORS)
  detector: DetectorKind;

  @Nested(() => RuleReferenceDto)
  rule: RuleReferenceDto;

  @ApiProperty({ type: [EntityDto], example: [{ type: 'host', value: 'ws-12' }] })
  @NestedList(() => EntityDto, MOST_ENTITIES)
  entities: EntityDto[];

  /** ATT&CK technique ids. */
  @ApiProperty({ example: ['T1059.001'] })
  @IsArray()
  @ArrayMaxSize(MOST_LABELS)
  @IsString({ each: true })
  @MaxLength(64, { each: true })
  techniques: string[];

  /** ATT&CK tactic short names. */
  @ApiProperty({ example: ['execution'] })
  @IsArray()
  @ArrayMaxSize(MOST_LABELS)
  @IsString({ each: true })
  @MaxLength(64, { each: true })
  tactics: string[];

  /** Ids of the events, oldest first; at most 100 are listed. */
  @ApiProperty({ example: ['f0e1d2c3-0000-7000-8000-000000000002.0'] })
  @IsArray()
  @ArrayMaxSize(100)
  @IsString({ each: true })
  @MaxLength(128, { each: true })
  evidence: string[];

  /** How many events there are. */
  @ApiProperty({ example: 1 })
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  count: number;

  @ApiProperty({ type: Number, nullable: true, example: null })
  @IsNumber()
  @Min(0)
  @Max(1)
  @MayBeNull()
  rarity: number | null;

  @ApiProperty({ type: Number, nullable: true, example: null })
  @IsNumber()
  @Min(0)
  @Max(1)
  @MayBeNull()
  indicator_confidence: number | null;

  /** How the indicator is marked that raised it (Traffic Light Protocol 2.0), where it is. */
  @ApiProperty({ enum: TLP_MARKINGS, required: false })
  @IsIn(TLP_MARKINGS)
  @MayBeLeftOut()
  indicator_tlp?: Tlp;

  @ApiProperty({ type: VerdictDto, nullable: true, example: null })
  @Nested(() => VerdictDto)
  @MayBeNull()
  verdict: VerdictDto | null;

  @ApiProperty({ type: String, nullable: true, example: 'f0e1d2c3-0000-5000-8000-000000000004' })
  @IsUUID()
  @MayBeNull()
  incident_id: string | null;

  @ApiProperty({ example: 'req-f0e1d2c3' })
  @Matches(/^[A-Za-z0-9._:-]{1,128}$/)
  correlation_id: string;

  @ApiProperty({ example: 1 })
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  version: number;
}

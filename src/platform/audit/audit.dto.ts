import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, MaxLength } from 'class-validator';
import { PageQuery } from '../http/page.js';
import { SomeTexts } from '../http/list-filter.js';
import { sortWords } from '../http/sort.js';
import type { AuditActor, AuditRecord } from './audit-record.js';
import { IsTime } from '../http/is-time.js';

const SORTS = sortWords(['index']);

/** Filters of the audit log. */
export class AuditListQuery extends PageQuery {
  /** `containment.approved`; repeat for or. */
  @SomeTexts(100)
  action?: string[];

  /** Who did it; repeat for or. */
  @SomeTexts(200)
  actor?: string[];

  @MaxLength(200)
  @IsOptional()
  target_id?: string;

  @MaxLength(200)
  @IsOptional()
  incident_id?: string;

  @MaxLength(128)
  @IsOptional()
  correlation_id?: string;

  /** RFC 3339; records at or after it. */
  @IsTime()
  @IsOptional()
  from?: string;

  /** RFC 3339; records before it. */
  @IsTime()
  @IsOptional()
  to?: string;

  /** `-index` for the latest first. */
  @ApiProperty({ required: false, enum: SORTS, default: 'index' })
  @IsIn(SORTS)
  @IsOptional()
  sort: (typeof SORTS)[number] = 'index';
}

export class AuditActorDto implements AuditActor {
  @ApiProperty({ enum: ['person', 'collector', 'service', 'system', 'anonymous'] })
  type: AuditActor['type'];
  id: string;
}

export class AuditTargetDto {
  type: string;
  id: string;
}

/** A record of the audit log. */
export class AuditRecordDto implements AuditRecord {
  /** Position in the log, counted from 1 without gaps. */
  index: number;
  timestamp: string;
  tenant_id: string;
  action: string;
  actor: AuditActorDto;
  target: AuditTargetDto;
  @ApiProperty({ enum: ['success', 'failure', 'refused'] })
  outcome: AuditRecord['outcome'];
  correlation_id: string;
  incident_id?: string;
  approver?: string;
  comments?: string;
  source_ip?: string;
  @ApiPropertyOptional({ type: 'object', additionalProperties: true })
  details?: Record<string, unknown>;
  /** `hash` of the record before. */
  prev_hash: string;
  /** SHA-256 over the canonical JSON (RFC 8785) of all other members, hex. */
  hash: string;
}

/** A page of the audit log. */
export class AuditPageDto {
  items: AuditRecordDto[];
  next_cursor: string | null;
}

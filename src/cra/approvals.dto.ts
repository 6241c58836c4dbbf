import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import type { TenantId } from '../contracts/tenant.js';
import { PageQuery } from '../platform/http/page.js';
import { SomeOf } from '../platform/http/list-filter.js';
import { sortWords } from '../platform/http/sort.js';
import { ContainmentActionDto } from './containment.dto.js';
import { APPROVAL_STATUSES, type Approval, type ApprovalStatus } from './domain/approval.js';
import { MayBeLeftOut } from '../platform/http/may-be-left-out.js';

const APPROVAL_SORTS = sortWords(['requested_at', 'expires_at']);

/** An approval. The approver is whoever the credential is of: there is no field for it. */
export class ApproveDto {
  @ApiProperty({ example: 'Seen in the exfiltration timeline; not a partner address.', required: false, default: '' })
  @IsString()
  @MaxLength(2000)
  @MayBeLeftOut()
  comments: string = '';

  /** Digest of the action as it was seen. */
  @ApiProperty({ example: 'a'.repeat(64), pattern: '^[0-9a-f]{64}$' })
  @IsString()
  @Matches(/^[0-9a-f]{64}$/)
  digest: string;
}

/** A refusal. */
export class RejectDto {
  @ApiProperty({ example: 'The host is being reimaged anyway.', required: false, default: '' })
  @IsString()
  @MaxLength(2000)
  @MayBeLeftOut()
  comments: string = '';
}

/** Filters of the list of approvals; repeat one for OR. */
export class ApprovalListQuery extends PageQuery {
  @SomeOf(APPROVAL_STATUSES)
  status?: ApprovalStatus[];

  /** What to sort by; `-` in front for the latest first. Where left out, what waits comes in the order it expires, and any other list newest first. */
  @ApiProperty({ required: false, enum: APPROVAL_SORTS })
  @IsIn(APPROVAL_SORTS)
  @IsOptional()
  sort?: (typeof APPROVAL_SORTS)[number];
}

/** A request that a person decides on, with the whole action. */
export class ApprovalDto implements Approval {
  approval_id: string;
  @ApiProperty({ type: String })
  tenant_id: TenantId;
  @ApiProperty({ enum: APPROVAL_STATUSES })
  status: ApprovalStatus;
  incident_id: string;
  action: ContainmentActionDto;
  /** To be sent back with the approval, so that one approves exactly what one saw. */
  digest: string;
  requested_by: string;
  requested_at: string;
  expires_at: string;
  @ApiProperty({ type: String, nullable: true })
  decided_by: string | null;
  @ApiProperty({ type: String, nullable: true })
  decided_at: string | null;
  @ApiProperty({ type: String, nullable: true })
  comments: string | null;
  version: number;
}

/** A page of approvals. */
export class ApprovalPageDto {
  items: ApprovalDto[];
  @ApiProperty({ type: String, nullable: true })
  next_cursor: string | null;
}

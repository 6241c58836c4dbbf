import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';
import {
  ACTION_KINDS,
  ACTION_STATUSES,
  RISKS,
  TARGET_TYPES,
  type ActionKind,
  type ActionStatus,
  type ActionTarget,
  type ContainmentAction,
  type GivenApproval,
  type Risk,
} from '../contracts/containment.js';
import type { TenantId } from '../contracts/tenant.js';
import { PageQuery } from '../platform/http/page.js';
import { SomeOf, SomeTexts } from '../platform/http/list-filter.js';
import { sortWords } from '../platform/http/sort.js';
import { Nested } from '../platform/http/nested.js';

const ACTION_SORTS = sortWords(['created_at', 'updated_at']);

/** What an action is done to. */
export class ActionTargetDto implements ActionTarget {
  @ApiProperty({ enum: TARGET_TYPES, example: 'ip' })
  @IsIn(TARGET_TYPES)
  type: ActionTarget['type'];

  @ApiProperty({ example: '203.0.113.9', maxLength: 512 })
  @IsString()
  @IsNotEmpty()
  @MaxLength(512)
  value: string;
}

/** A person's request for an action. Who asks is taken from the credential. */
export class ActionRequestDto {
  @ApiProperty({ enum: ACTION_KINDS, example: 'block_ip' })
  @IsIn(ACTION_KINDS)
  action: ActionKind;

  @Nested(() => ActionTargetDto)
  target: ActionTargetDto;

  /** Why; shown to whoever decides on it. */
  @ApiProperty({ example: 'Address that the stolen archive was sent to.' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(1000)
  reason: string;
}

/** Why an action is undone. */
export class RevertRequestDto {
  @ApiProperty({ example: 'The address belongs to a partner after all.' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(1000)
  reason: string;
}

/** Filters of the list of actions; repeat one for OR. */
export class ActionListQuery extends PageQuery {
  @SomeOf(ACTION_STATUSES)
  status?: ActionStatus[];

  @SomeOf(ACTION_KINDS)
  kind?: ActionKind[];

  @SomeTexts(64)
  incident_id?: string[];

  /** What to sort by; `-` in front for the latest first. */
  @ApiProperty({ required: false, enum: ACTION_SORTS, default: '-created_at' })
  @IsIn(ACTION_SORTS)
  @IsOptional()
  sort: (typeof ACTION_SORTS)[number] = '-created_at';
}

/** An approval as it was given. */
export class GivenApprovalDto implements GivenApproval {
  approver: string;
  at: string;
  comments: string;
}

/** One containment step. */
export class ContainmentActionDto implements ContainmentAction {
  action_id: string;
  @ApiProperty({ type: String })
  tenant_id: TenantId;
  incident_id: string;
  @ApiProperty({ enum: ACTION_KINDS })
  kind: ActionKind;
  target: ActionTargetDto;
  @ApiProperty({ enum: RISKS })
  risk: Risk;
  @ApiProperty({ enum: ACTION_STATUSES })
  status: ActionStatus;
  reason: string;
  /** A person's name, or `playbook:{id}`. */
  requested_by: string;
  @ApiProperty({ type: String, nullable: true })
  approval_id: string | null;
  approvals: GivenApprovalDto[];
  /** How many different people have to approve; 0 where nobody has to. */
  approvals_needed: number;
  /** SHA-256 over everything in the action that never changes, hex; an approval is bound to it. */
  digest: string;
  @ApiProperty({ type: String, nullable: true })
  expires_at: string | null;
  @ApiProperty({ type: String, nullable: true })
  lease_until: string | null;
  /** What came of it. `dry_run: true` and `delivered: false` say that nothing outside was touched. */
  @ApiProperty({ type: Object, nullable: true, additionalProperties: true })
  result: Record<string, unknown> | null;
  created_at: string;
  updated_at: string;
  correlation_id: string;
  version: number;
}

/** A page of actions. */
export class ActionPageDto {
  items: ContainmentActionDto[];
  @ApiProperty({ type: String, nullable: true })
  next_cursor: string | null;
}

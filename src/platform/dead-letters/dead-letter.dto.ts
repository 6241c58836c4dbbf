import { ApiProperty } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength, MinLength } from 'class-validator';
import { SomeTexts } from '../http/list-filter.js';
import { IsTime } from '../http/is-time.js';
import { PageQuery } from '../http/page.js';
import { deadLetterIdOf } from './dead-letter-id.js';
import { stateOf, type DeadLetterState } from './dead-letter-store.js';
import type { FoundLetter } from './dead-letters.service.js';

const STATES = ['dead', 'waiting', 'running'];

/** Filters of dead letters; repeat one for OR. */
export class DeadLetterListQuery extends PageQuery {
  /** `triage`, `containment.execute`. */
  @SomeTexts(64)
  kind?: string[];

  /** Of these tenants; of all where left out. */
  @SomeTexts(64)
  tenant_id?: string[];

  /** RFC 3339; last failed at or after it. */
  @IsTime()
  @IsOptional()
  from?: string;

  /** RFC 3339; last failed before it. */
  @IsTime()
  @IsOptional()
  to?: string;
}

/** Which dead letters are replayed. */
export class DeadLetterReplayQuery {
  /** `triage`, `containment.execute`. */
  @IsString()
  @MinLength(1)
  @MaxLength(64)
  kind: string;

  /** Of one tenant; of all where left out. */
  @IsString()
  @MaxLength(64)
  @IsOptional()
  tenant_id?: string;
}

/** Why a dead letter is given up. */
export class DeadLetterDiscardQuery {
  /** Stands in the audit record. */
  @IsString()
  @MinLength(1)
  @MaxLength(500)
  @IsOptional()
  reason?: string;
}

/** Work that could not be done. */
export class DeadLetterDto {
  /** The same while it is replayed, and if it dies again. */
  dead_letter_id: string;
  tenant_id: string;
  kind: string;
  /** What it is about, unique within its kind. */
  key: string;
  /** `waiting` and `running` while it is replayed. */
  @ApiProperty({ enum: STATES })
  state: DeadLetterState;
  /** What the last attempt came to. */
  @ApiProperty({ type: String, nullable: true })
  reason: string | null;
  attempts: number;
  enqueued_at: string;
  /** Since it was last replayed. */
  @ApiProperty({ type: String, nullable: true })
  first_failed_at: string | null;
  @ApiProperty({ type: String, nullable: true })
  last_failed_at: string | null;
  correlation_id: string;
  /** W3C trace context of what caused it. */
  @ApiProperty({ type: String, nullable: true })
  traceparent: string | null;
}

/** A dead letter with what it was made of. */
export class DeadLetterDetailDto extends DeadLetterDto {
  /** The work as it was enqueued, the text unchanged. */
  original: string;
}

/** A page of dead letters. */
export class DeadLetterPageDto {
  items: DeadLetterDto[];
  @ApiProperty({ type: String, nullable: true })
  next_cursor: string | null;
  /** Tenants on the way whose letters cannot be read: they are being deleted, or their database is damaged. */
  left_out: string[];
}

/** How far a replay has come. */
export class DeadLetterReplayDto {
  /** How many this request has put back to work. */
  replayed: number;
  /** How many of the kind are left; ask again for them. */
  remaining: number;
  /** When the last of those replayed will run; null where there are none. */
  @ApiProperty({ type: String, nullable: true })
  until: string | null;
  /** Tenants whose letters could not be replayed: they are being deleted, or their database is damaged. */
  left_out: string[];
}

export function toDeadLetterDto({ tenant, letter }: FoundLetter): DeadLetterDto {
  return {
    dead_letter_id: deadLetterIdOf({ tenant, name: letter.dead_letter_id }),
    tenant_id: tenant,
    kind: letter.kind,
    key: letter.key,
    state: stateOf(letter),
    reason: letter.last_error,
    attempts: letter.attempts,
    enqueued_at: new Date(letter.enqueued_at).toISOString(),
    first_failed_at: timeOf(letter.first_failed_at),
    last_failed_at: timeOf(letter.last_failed_at),
    correlation_id: letter.correlation_id,
    traceparent: letter.traceparent,
  };
}

function timeOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

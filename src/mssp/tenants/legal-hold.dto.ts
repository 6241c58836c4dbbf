import { ApiProperty } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';

/** Why nothing of a tenant may be removed. */
export class LegalHoldBody {
  /** Stands in the audit record, and in the answer to whoever tries to delete the tenant. */
  @IsString()
  @Length(1, 500)
  @ApiProperty({ example: 'Case 2026-118: preserve all telemetry' })
  reason: string;
}

/** Why a hold is lifted. */
export class LiftHoldQuery {
  /** Stands in the audit record. */
  @IsString()
  @Length(1, 500)
  reason: string;
}

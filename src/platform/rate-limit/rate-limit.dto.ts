import { IsOptional, IsString, MaxLength } from 'class-validator';

/** Which tenant's limits are asked for. */
export class RateLimitStatusQuery {
  /** The caller's tenant; it may be left out. */
  @IsString()
  @MaxLength(64)
  @IsOptional()
  tenant_id?: string;
}

/** The state of one limit. */
export class RateLimitPolicyDto {
  /** @example ingest */
  policy: string;
  /** Events per second, sustained. */
  rate: number;
  /** Events that may be sent at once after a pause. */
  burst: number;
  /** Events that may be sent at once now. */
  remaining: number;
  /** Seconds until `remaining` is `burst`. */
  reset_seconds: number;
}

/** A tenant's limits. */
export class RateLimitStatusDto {
  tenant_id: string;
  limits: RateLimitPolicyDto[];
}

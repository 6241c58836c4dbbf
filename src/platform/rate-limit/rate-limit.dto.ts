import { ApiProperty } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import type { RateLimitBackend } from './rate-limits.js';

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
  /** `ingest` limits events that come in, `alerts` alerts raised of their own: what is beyond is folded into storm alerts. */
  @ApiProperty({ enum: ['ingest', 'alerts'] })
  policy: string;
  /** Events or alerts per second, sustained. */
  rate: number;
  /** How many may come at once after a pause. */
  burst: number;
  /** How many may come at once now. */
  remaining: number;
  /** Seconds until `remaining` is `burst`. */
  reset_seconds: number;
}

/** A tenant's limits. */
export class RateLimitStatusDto {
  tenant_id: string;
  limits: RateLimitPolicyDto[];
}

/** A page of tenants' limits. */
export class RateLimitStatusPageDto {
  /** Who decides: `memory` this process alone, `redis` all instances together, `local` each instance its share while Redis is away. */
  @ApiProperty({ enum: ['memory', 'redis', 'local'] })
  backend: RateLimitBackend;
  items: RateLimitStatusDto[];
  @ApiProperty({ type: String, nullable: true })
  next_cursor: string | null;
}

/** Whose buckets are filled again. */
export class RateLimitResetQuery {
  @IsString()
  @MaxLength(64)
  tenant_id: string;
}

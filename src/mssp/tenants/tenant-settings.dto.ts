import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  IsUrl,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { MayBeLeftOut } from '../../platform/http/may-be-left-out.js';
import { Nested } from '../../platform/http/nested.js';
import { ANOMALY_RISKS, RETENTION_MONTHS } from '../../platform/tenancy/tenant.js';
import { TOPIC_NAME } from '../../platform/tenancy/topic-name.js';

const WEBHOOK_URL = { protocols: ['http', 'https'], require_protocol: true, require_tld: false, disallow_auth: true };

/** Limits as written by whoever configures a tenant. */
export class RateLimitsBody {
  /** Events per second, sustained. */
  @IsInt()
  @Min(1)
  @Max(10_000_000)
  @ApiProperty({ example: 1000 })
  ingest_eps: number;

  /** Events that the bucket holds; 10 × `ingest_eps` by default. */
  @IsInt()
  @Min(1)
  @Max(100_000_000)
  @MayBeLeftOut()
  ingest_burst?: number;

  /** More alerts than this in a minute are folded into storm alerts. */
  @IsInt()
  @Min(1)
  @Max(10_000_000)
  @ApiProperty({ example: 600 })
  alerts_per_min: number;
}

export class FeaturesBody {
  @IsBoolean()
  @ApiProperty({ example: false })
  advanced_ml: boolean;

  /** High-risk containment runs without waiting for a person. */
  @IsBoolean()
  @ApiProperty({ example: false })
  auto_containment: boolean;
}

export class WebhooksBody {
  @IsUrl(WEBHOOK_URL)
  @MaxLength(2000)
  @IsOptional()
  notify_url?: string | null;

  @IsUrl(WEBHOOK_URL)
  @MaxLength(2000)
  @IsOptional()
  ticket_url?: string | null;

  @IsUrl(WEBHOOK_URL)
  @MaxLength(2000)
  @IsOptional()
  actuator_url?: string | null;
}

/** How long events are kept. */
export class RetentionBody {
  /** Whole months of events that are kept besides the present one; null: as the platform does by default. */
  @IsInt()
  @Min(RETENTION_MONTHS.least)
  @Max(RETENTION_MONTHS.most)
  @IsOptional()
  @ApiProperty({ type: 'integer', nullable: true, required: false, example: null })
  event_months?: number | null;
}

/** What may be left out of a new tenant and of a change to one. */
export class TenantSettingsBody {
  /** When a tenant is made, by default `gatra_` and its id, with `_` for `-`. */
  @Matches(/^[A-Za-z_][A-Za-z0-9_]{0,1023}$/)
  @MayBeLeftOut()
  bigquery_dataset?: string;

  /** When a tenant is made, by default `gatra-{id}-alerts`. */
  @Matches(TOPIC_NAME)
  @MayBeLeftOut()
  pubsub_topic?: string;

  @Nested(() => RateLimitsBody)
  @MayBeLeftOut()
  rate_limits?: RateLimitsBody;

  @Nested(() => FeaturesBody)
  @MayBeLeftOut()
  features?: FeaturesBody;

  /** Names of hosts and users whose compromise weighs most. */
  @IsArray()
  @ArrayMaxSize(10_000)
  @IsString({ each: true })
  @MaxLength(256, { each: true })
  @MayBeLeftOut()
  critical_entities?: string[];

  @Nested(() => WebhooksBody)
  @MayBeLeftOut()
  webhooks?: WebhooksBody;

  /** Address blocks (CIDR) and host names that the tenant's webhooks may reach although they are not public. */
  @IsArray()
  @ArrayMaxSize(100)
  @IsString({ each: true })
  @MaxLength(253, { each: true })
  @MayBeLeftOut()
  outbound_allow?: string[];

  @Nested(() => RetentionBody)
  @MayBeLeftOut()
  retention?: RetentionBody;

  /** Chance of a false alarm that anomaly detection takes with each score that it judges; null: as the platform does by default. */
  @IsNumber()
  @Min(ANOMALY_RISKS.least)
  @Max(ANOMALY_RISKS.most)
  @IsOptional()
  @ApiProperty({ type: 'number', nullable: true, required: false, example: null })
  anomaly_risk?: number | null;
}

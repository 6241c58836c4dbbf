import { ApiProperty } from '@nestjs/swagger';
import type { TenantId } from '../../contracts/tenant.js';
import { TENANT_STATUSES, type Tenant } from '../../platform/tenancy/tenant.js';

export class RateLimitsDto {
  ingest_eps: number;
  ingest_burst: number;
  alerts_per_min: number;
}

export class FeaturesDto {
  advanced_ml: boolean;
  auto_containment: boolean;
}

export class WebhooksDto {
  notify_url: string | null;
  ticket_url: string | null;
  actuator_url: string | null;
}

export class RetentionDto {
  @ApiProperty({ type: 'integer', nullable: true })
  event_months: number | null;
}

/** Why nothing of a tenant may be removed. */
export class LegalHoldDto {
  reason: string;
  /** RFC 3339 UTC. */
  since: string;
  by: string;
}

/** A tenant as answered. */
export class TenantDto implements Tenant {
  @ApiProperty({ type: String, example: 'acme-corp' })
  tenant_id: TenantId;
  name: string;
  bigquery_dataset: string;
  pubsub_topic: string;
  rate_limits: RateLimitsDto;
  features: FeaturesDto;
  critical_entities: string[];
  webhooks: WebhooksDto;
  outbound_allow: string[];
  retention: RetentionDto;
  @ApiProperty({ type: 'number', nullable: true })
  anomaly_risk: number | null;
  @ApiProperty({ type: LegalHoldDto, nullable: true })
  legal_hold: LegalHoldDto | null;
  @ApiProperty({ enum: TENANT_STATUSES })
  status: Tenant['status'];
  /** RFC 3339 UTC. */
  created_at: string;
  updated_at: string;
  version: number;
}

/** What became of the tenants that the file names, by id. */
export class TenantsReloadDto {
  added: string[];
  changed: string[];
  unchanged: string[];
  /** Deleted by an operator: the file does not bring them back. */
  deleted: string[];
}

/** A page of tenants. */
export class TenantPageDto {
  items: TenantDto[];
  next_cursor: string | null;
}

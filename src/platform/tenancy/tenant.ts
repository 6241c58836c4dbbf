import type { TenantId } from '../../contracts/tenant.js';

/** Bounds of `event_months`: fewer months would not hold the identities by which events are known again for 90 days. */
export const RETENTION_MONTHS = { least: 3, most: 1_200 } as const;

/** Bounds of `anomaly_risk`. */
export const ANOMALY_RISKS = { least: 1e-6, most: 1e-2 } as const;

export const TENANT_STATUSES = ['active', 'suspended', 'deleting'] as const;

/** Limits of one tenant. */
export interface TenantRateLimits {
  /** Events per second, sustained. */
  readonly ingest_eps: number;
  /** Events that the bucket holds. */
  readonly ingest_burst: number;
  /** Alerts per minute; more are folded into storm alerts. */
  readonly alerts_per_min: number;
}

export interface TenantFeatures {
  readonly advanced_ml: boolean;
  /** High-risk containment runs without waiting for a person. */
  readonly auto_containment: boolean;
}

/** Where a tenant's containment notifications and tickets go. */
export interface TenantWebhooks {
  readonly notify_url: string | null;
  readonly ticket_url: string | null;
  readonly actuator_url: string | null;
}

/** How long a tenant's events are kept. */
export interface TenantRetention {
  /** Whole months of arrival besides the present one; null: as many as the platform keeps by default. */
  readonly event_months: number | null;
}

/** Why nothing of a tenant may be removed for the time being. */
export interface LegalHold {
  readonly reason: string;
  /** When it was put on, RFC 3339 UTC. */
  readonly since: string;
  /** Who put it on, or gave the reason that is in force. */
  readonly by: string;
}

/** A customer of the platform, as configured. */
export interface TenantSettings {
  readonly tenant_id: TenantId;
  readonly name: string;
  readonly bigquery_dataset: string;
  readonly pubsub_topic: string;
  readonly rate_limits: TenantRateLimits;
  readonly features: TenantFeatures;
  /** Names of hosts and users whose compromise weighs most, lower-cased. */
  readonly critical_entities: readonly string[];
  readonly webhooks: TenantWebhooks;
  /** Address blocks (CIDR) and host names that the tenant's webhooks may reach although they are not public; set by platform operators alone. */
  readonly outbound_allow: readonly string[];
  readonly retention: TenantRetention;
  /** Chance of a false alarm that anomaly detection takes with each score that it judges; null: as the platform does by default. */
  readonly anomaly_risk: number | null;
}

/** What settings that were stored before there were these mean. */
export const ABSENT_SETTINGS = {
  outbound_allow: [],
  retention: { event_months: null },
  anomaly_risk: null,
} as const satisfies Partial<TenantSettings>;

/** A customer of the platform. */
export interface Tenant extends TenantSettings {
  readonly status: (typeof TENANT_STATUSES)[number];
  readonly legal_hold: LegalHold | null;
  /** RFC 3339 UTC. */
  readonly created_at: string;
  readonly updated_at: string;
  readonly version: number;
}

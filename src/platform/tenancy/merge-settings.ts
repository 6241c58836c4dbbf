import type { TenantSettings } from './tenant.js';

/**
 * Three-way merge of a tenant's settings: what the file says otherwise than when it was last read is taken from the file, everything else stays as it
 * is now, whoever made it so. Limits, features, webhooks and retention are merged one by one, lists as a whole.
 */
export function mergeSettings(current: TenantSettings, before: TenantSettings, now: TenantSettings): TenantSettings {
  const pick = <Part extends object>(key: keyof Part, kept: Part, old: Part, written: Part): Part[keyof Part] =>
    isSame(old[key], written[key]) ? kept[key] : written[key];
  const mergePart = <Part extends object>(kept: Part, old: Part, written: Part): Part =>
    Object.fromEntries((Object.keys(written) as (keyof Part)[]).map((key) => [key, pick(key, kept, old, written)])) as Part;
  return {
    ...mergePart(plain(current), plain(before), plain(now)),
    rate_limits: mergePart(current.rate_limits, before.rate_limits, now.rate_limits),
    features: mergePart(current.features, before.features, now.features),
    webhooks: mergePart(current.webhooks, before.webhooks, now.webhooks),
    retention: mergePart(current.retention, before.retention, now.retention),
  };
}

/** Tells whether two settings, or parts of them, say the same. */
export function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

type Plain = Omit<TenantSettings, 'rate_limits' | 'features' | 'webhooks' | 'retention'>;

function plain({
  tenant_id,
  name,
  bigquery_dataset,
  pubsub_topic,
  critical_entities,
  outbound_allow,
  anomaly_risk,
}: TenantSettings): Plain {
  return { tenant_id, name, bigquery_dataset, pubsub_topic, critical_entities, outbound_allow, anomaly_risk };
}

import type { TenantId } from '../../contracts/tenant.js';
import type { LegalHold, Tenant } from '../../platform/tenancy/tenant.js';
import { checkTenants } from '../../platform/tenancy/tenants-file.js';
import { readExportFile } from '../../platform/tenant-export/export-files.js';
import { ExportError, fileOf, type ExportManifest } from '../../platform/tenant-export/export-manifest.js';

const SETTINGS = [
  'name',
  'bigquery_dataset',
  'pubsub_topic',
  'rate_limits',
  'features',
  'critical_entities',
  'retention',
  'anomaly_risk',
] as const;
const MOST_REASON = 500;

/**
 * The tenant that an export is imported as: its settings, and the legal hold that is on it. What reaches out does not come along: no webhooks, no addresses
 * that they may reach, and no containment without a person. @throws ExportError
 */
export async function importedTenant(from: string, manifest: ExportManifest, id: TenantId, now: string): Promise<Tenant> {
  const { value: exported } = await readExportFile(from, fileOf(manifest, 'tenant')).next();
  const stored = (typeof exported === 'object' && exported !== null ? exported : {}) as Partial<Tenant>;
  const written = Object.fromEntries(SETTINGS.flatMap((name) => (stored[name] === undefined ? [] : [[name, stored[name]]])));
  const [settings] = checkTenants('tenant.ndjson.gz', { tenants: [{ ...written, tenant_id: id }] });
  if (!settings) throw new ExportError('the export has no tenant');
  const features = { ...settings.features, auto_containment: false };
  return { ...settings, features, status: 'active', legal_hold: holdOf(stored.legal_hold), created_at: now, updated_at: now, version: 1 };
}

function holdOf(hold: LegalHold | null | undefined): LegalHold | null {
  if (!hold) return null;
  const texts = [hold.reason, hold.since, hold.by].map(String);
  if (texts.some((text) => text.length > MOST_REASON)) throw new ExportError('the legal hold of the export is not one');
  const [reason = '', since = '', by = ''] = texts;
  return { reason, since, by };
}

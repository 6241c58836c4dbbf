import { readFileSync } from 'node:fs';
import type { ProblemDetail } from '../problems/problem.js';
import { toTenantId } from '../../contracts/tenant.js';
import { compiledSchema } from '../config/compiled-schema.js';
import { isAllowanceEntry } from '../outbound/allowance.js';
import type { TenantFeatures, TenantRateLimits, TenantRetention, TenantSettings, TenantWebhooks } from './tenant.js';

const SCHEMA = new URL('../../../config/gatra_multitenant_config.schema.json', import.meta.url);

/** One tenant as written in the file. */
export interface WrittenTenant {
  readonly tenant_id: string;
  readonly name: string;
  readonly bigquery_dataset: string;
  readonly pubsub_topic: string;
  readonly rate_limits: Omit<TenantRateLimits, 'ingest_burst'> & { readonly ingest_burst?: number };
  readonly features: TenantFeatures;
  readonly critical_entities?: readonly string[];
  readonly webhooks?: Partial<TenantWebhooks>;
  readonly outbound_allow?: readonly string[];
  readonly retention?: Partial<TenantRetention>;
  readonly anomaly_risk?: number | null;
}

/** What is wrong with the tenants file: every fault, by JSON Pointer, or by line where it is not JSON. */
export class TenantsFileError extends Error {
  override readonly name = 'TenantsFileError';

  constructor(
    file: string,
    readonly faults: readonly ProblemDetail[],
  ) {
    super([`${file} is not a valid tenants file:`, ...faults.map(({ pointer, detail }) => `  - ${pointer || '/'} ${detail}`)].join('\n'));
  }
}

/**
 * Reads the tenants file and checks it against its JSON Schema.
 * @throws TenantsFileError that lists every fault.
 */
export function readTenantsFile(file: string): readonly TenantSettings[] {
  return checkTenants(file, parse(file));
}

/** Checks what a tenants file holds against its JSON Schema. @throws TenantsFileError that lists every fault. */
export function checkTenants(file: string, content: unknown): readonly TenantSettings[] {
  const validate = compiledSchema(SCHEMA);
  if (!validate(content)) {
    const faults = (validate.errors ?? []).map(({ instancePath, keyword, message }) => ({
      pointer: instancePath,
      code: keyword,
      detail: message ?? 'is not valid',
    }));
    throw new TenantsFileError(file, faults);
  }
  const tenants = (content as { tenants: WrittenTenant[] }).tenants.map(completeTenant);
  const ids = tenants.map((tenant) => tenant.tenant_id);
  const repeated = ids.findIndex((id, position) => ids.indexOf(id) !== position);
  if (repeated >= 0) {
    const detail = `names the tenant ${ids[repeated] ?? ''} twice`;
    throw new TenantsFileError(file, [{ pointer: `/tenants/${repeated}/tenant_id`, code: 'repeated', detail }]);
  }
  const refused = tenants.flatMap(({ outbound_allow }, position) => refusedEntries(outbound_allow, position));
  if (refused.length > 0) throw new TenantsFileError(file, refused);
  return tenants;
}

function refusedEntries(allowed: readonly string[], tenant: number): readonly ProblemDetail[] {
  return allowed.flatMap((entry, position) => {
    const detail = `allows ${entry}, which is neither an address block (CIDR) nor a host name`;
    return isAllowanceEntry(entry) ? [] : [{ pointer: `/tenants/${tenant}/outbound_allow/${position}`, code: 'not_an_allowance', detail }];
  });
}

/** Fills in what may be left out. */
export function completeTenant(written: WrittenTenant): TenantSettings {
  const { ingest_eps, ingest_burst = 10 * ingest_eps, alerts_per_min } = written.rate_limits;
  return {
    tenant_id: toTenantId(written.tenant_id),
    name: written.name,
    bigquery_dataset: written.bigquery_dataset,
    pubsub_topic: written.pubsub_topic,
    rate_limits: { ingest_eps, ingest_burst, alerts_per_min },
    features: written.features,
    critical_entities: (written.critical_entities ?? []).map((name) => name.toLowerCase()),
    webhooks: { notify_url: null, ticket_url: null, actuator_url: null, ...written.webhooks },
    outbound_allow: written.outbound_allow ?? [],
    retention: { event_months: null, ...written.retention },
    anomaly_risk: written.anomaly_risk ?? null,
  };
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const place = /\(line \d+ column \d+\)/.exec((error as Error).message)?.[0] ?? '';
    throw new TenantsFileError(file, [{ pointer: '', code: 'malformed_json', detail: `cannot be read as JSON ${place}`.trim() }]);
  }
}

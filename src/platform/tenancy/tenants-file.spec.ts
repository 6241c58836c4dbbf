import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../config/environment.js';
import { readTenantsFile, TenantsFileError } from './tenants-file.js';

describe('the tenants file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'gatra-tenants-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const written = (content: unknown): string => {
    const file = join(directory, 'tenants.json');
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    return file;
  };
  const tenant = {
    tenant_id: 'initech',
    name: 'Initech',
    bigquery_dataset: 'gatra_initech',
    pubsub_topic: 'gatra-initech',
    rate_limits: { ingest_eps: 100, alerts_per_min: 10 },
    features: { advanced_ml: false, auto_containment: false },
  };

  it('R23 the shipped one is valid', () => {
    expect(readTenantsFile(readConfig({}).tenantsFile).map(({ tenant_id }) => tenant_id)).toEqual(['acme-corp', 'globex']);
  });

  it('fills in a burst of ten seconds and no webhooks', () => {
    expect(readTenantsFile(written({ tenants: [tenant] }))).toEqual([
      {
        ...tenant,
        retention: { event_months: null },
        anomaly_risk: null,
        rate_limits: { ingest_eps: 100, ingest_burst: 1_000, alerts_per_min: 10 },
        critical_entities: [],
        outbound_allow: [],
        webhooks: { notify_url: null, ticket_url: null, actuator_url: null },
      },
    ]);
  });

  it('refuses what the schema does not know, and names the place', () => {
    const bad = [
      [{ tenants: [{ ...tenant, tenant_id: 'Not An Id' }] }, '/tenants/0/tenant_id'],
      [{ tenants: [{ ...tenant, surprise: 1 }] }, '/tenants/0'],
      [{ tenants: [{ ...tenant, rate_limits: { ingest_eps: 0, alerts_per_min: 1 } }] }, '/tenants/0/rate_limits/ingest_eps'],
      [{ tenants: [tenant, tenant] }, 'twice'],
      ['{', 'JSON'],
    ] as const;
    for (const [content, place] of bad) {
      expect(() => readTenantsFile(written(content))).toThrow(TenantsFileError);
      expect(() => readTenantsFile(written(content))).toThrow(place);
    }
  });
});

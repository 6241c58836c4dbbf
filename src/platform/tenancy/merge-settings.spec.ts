import fc from 'fast-check';
import { toTenantId } from '../../contracts/tenant.js';
import { mergeSettings } from './merge-settings.js';
import type { TenantSettings } from './tenant.js';

const settings = fc.record({
  tenant_id: fc.constant(toTenantId('acme-corp')),
  name: fc.constantFrom('a', 'b', 'c'),
  bigquery_dataset: fc.constantFrom('a', 'b'),
  pubsub_topic: fc.constantFrom('a', 'b'),
  rate_limits: fc.record({ ingest_eps: fc.nat(2), ingest_burst: fc.nat(2), alerts_per_min: fc.nat(2) }),
  features: fc.record({ advanced_ml: fc.boolean(), auto_containment: fc.boolean() }),
  critical_entities: fc.array(fc.constantFrom('dc-1', 'dc-2'), { maxLength: 2 }),
  outbound_allow: fc.array(fc.constantFrom('10.0.0.0/8', 'hooks.internal'), { maxLength: 2 }),
  retention: fc.record({ event_months: fc.constantFrom(null, 3, 12) }),
  anomaly_risk: fc.constantFrom(null, 1e-6, 1e-3),
  webhooks: fc.record({ notify_url: fc.constantFrom(null, 'x'), ticket_url: fc.constantFrom(null, 'x'), actuator_url: fc.constant(null) }),
});

/** Every single setting, by its path. */
function leaves(of: TenantSettings): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(of)) {
    const nested = value !== null && typeof value === 'object' && !Array.isArray(value);
    if (nested) for (const [inner, leaf] of Object.entries(value as object)) found.set(`${key}.${inner}`, JSON.stringify(leaf));
    else found.set(key, JSON.stringify(value));
  }
  return found;
}

describe('settings of the file and of the API', () => {
  it('R23 each is taken from the file where the file changed it, and stays where it did not', () => {
    fc.assert(
      fc.property(settings, settings, settings, (current, before, now) => {
        const merged = leaves(mergeSettings(current, before, now));
        const [kept, old, written] = [leaves(current), leaves(before), leaves(now)];
        expect([...merged.keys()].sort()).toEqual([...written.keys()].sort());
        for (const [path, value] of merged) expect(value).toBe(old.get(path) === written.get(path) ? kept.get(path) : written.get(path));
      }),
    );
  });
});

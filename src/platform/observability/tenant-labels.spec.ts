import { isTenantId } from '../../contracts/tenant.js';
import { Metrics } from './metrics.js';
import { OTHER_TENANTS, TenantLabels } from './tenant-labels.js';

describe('tenant labels', () => {
  it('TEN-14 gives the first tenants labels of their own for good, and the rest one', () => {
    const labels = new TenantLabels(2);
    expect(['a', 'b', 'c', 'a', 'd', 'b'].map((tenant) => labels.labelOf(tenant))).toEqual([
      'a',
      'b',
      OTHER_TENANTS,
      'a',
      OTHER_TENANTS,
      'b',
    ]);
    expect(isTenantId(OTHER_TENANTS)).toBe(false);
  });

  it('TEN-14 loses no count when tenants share a series', async () => {
    const metrics = new Metrics(3);
    for (let tenant = 0; tenant < 10; tenant++) metrics.eventsIngested.inc({ tenant_id: `tenant-${tenant}` }, 5);
    const { values } = await metrics.eventsIngested.get();
    expect(values.map(({ labels, value }) => [labels.tenant_id, value])).toEqual([
      ['tenant-0', 5],
      ['tenant-1', 5],
      ['tenant-2', 5],
      [OTHER_TENANTS, 35],
    ]);
  });
});

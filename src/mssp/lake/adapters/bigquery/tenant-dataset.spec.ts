import fc from 'fast-check';
import { isTenantId, toTenantId } from '../../../../contracts/tenant.js';
import { checkedDataset, checkedProject, tenantLabel, usualDatasetOf } from './tenant-dataset.js';

const tenants = () => fc.stringMatching(/^[a-z][a-z0-9-]{2,63}$/).filter(isTenantId);
const alike = () => fc.stringMatching(/^a[a-]{2,6}$/).filter(isTenantId);

describe('the dataset of a tenant', () => {
  it('is one that BigQuery takes, and never that of another', () => {
    fc.assert(
      fc.property(fc.oneof(tenants(), alike()), fc.oneof(tenants(), alike()), (a, b) => {
        expect(checkedDataset(a, usualDatasetOf(a))).toBe(usualDatasetOf(a));
        expect(usualDatasetOf(a) === usualDatasetOf(b)).toBe(a === b);
        expect(tenantLabel(a) === tenantLabel(b)).toBe(a === b);
        expect(tenantLabel(a)).toMatch(/^[a-z0-9_-]{1,63}$/);
      }),
    );
  });

  it('tells tenants apart by labels that are longer than labels may be', () => {
    const [a, b] = ['a', 'b'].map((end) => tenantLabel(toTenantId(`${'x'.repeat(63)}${end}`)));
    expect(a).not.toBe(b);
  });

  it.each(['', '1a', 'a-b', 'a.b', 'a`; DROP SCHEMA b', '_hidden', 'ä', 'a\n', 'a'.repeat(1_025)])('is never %j', (name) => {
    expect(() => checkedDataset(toTenantId('acme'), name)).toThrow('acme has no dataset');
  });

  it.each(['', 'a', 'Project', 'p`roject', 'project/other', 'project.other', '-project'])('is in no project %j', (name) => {
    expect(() => checkedProject(name)).toThrow('no id that Google Cloud knows');
  });
});

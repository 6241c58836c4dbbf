import fc from 'fast-check';
import { toTenantId, type TenantId } from '../../../../contracts/tenant.js';
import { clickHousePlaceOf } from './clickhouse-place.js';

const tenants = fc.stringMatching(/^[a-z][a-z0-9-]{1,62}[a-z0-9]$/).map(toTenantId);

describe('clickHousePlaceOf', () => {
  it('is named after the tenant', () => {
    expect(clickHousePlaceOf(toTenantId('acme-corp'))).toEqual({
      name: 'gatra_acme_corp',
      database: '`gatra_acme_corp`',
      mark: 'GATRA tenant acme-corp',
    });
  });

  it('is another one for every tenant, and needs no quoting', () => {
    const near = tenants.chain((tenant) =>
      fc.tuple(fc.constant(tenant), fc.oneof(tenants, fc.constant(toTenantId(`${tenant.slice(0, 60)}-1`)))),
    );
    fc.assert(
      fc.property(near, ([a, b]) => {
        expect(clickHousePlaceOf(a).name === clickHousePlaceOf(b).name).toBe(a === b);
        expect(clickHousePlaceOf(a).name).toMatch(/^gatra_[a-z0-9_]{3,64}$/);
      }),
    );
  });

  it.each(['', 'a_b', 'acme`; DROP DATABASE x', "acme'", 'Acme', 'a'.repeat(65), 'acme\n'])('refuses what is no tenant id: %j', (value) => {
    expect(() => clickHousePlaceOf(value as TenantId)).toThrow(expect.objectContaining({ name: 'LakeRefused' }));
  });
});

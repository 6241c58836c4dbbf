import fc from 'fast-check';
import { toTenantId } from '../../../contracts/tenant.js';
import type { TokenClaims } from '../tokens/claims-policy.js';
import { GRANTABLE_ROLES, type OidcIssuer } from './oidc-issuer.js';
import { principalOfOidc } from './oidc-principal.js';

const ISSUER: OidcIssuer = {
  issuer: 'https://login.example/realms/soc',
  audience: 'gatra',
  algorithms: ['RS256'],
  tokenTypes: ['at+jwt'],
  longestLifetime: 900,
  tenants: [
    {
      tenant: toTenantId('acme-corp'),
      claim: ['realm_access', 'roles'],
      roles: new Map([
        ['soc-l1', 'analyst'],
        ['soc-l2', 'responder'],
      ]),
    },
    { tenant: toTenantId('acme-corp'), claim: ['https://example/groups'], roles: new Map([['leads', 'tenant-admin']]) },
    { tenant: toTenantId('globex'), claim: ['department'], roles: new Map([['soc', 'viewer']]) },
  ],
};
const CLAIMS: TokenClaims = { iss: ISSUER.issuer, sub: 'ada', iat: 1_000, exp: 1_300 };
const grantsOf = (claims: Record<string, unknown>): ReadonlyMap<string, readonly string[]> =>
  principalOfOidc(ISSUER, { ...CLAIMS, ...claims }).grants;

describe('whom a token of an identity provider speaks for', () => {
  it('R12 is a person of the provider, with what the token says of itself', () => {
    expect(principalOfOidc(ISSUER, { ...CLAIMS, jti: 'j1', auth_time: 990, department: 'soc' })).toEqual({
      subject: 'https://login.example/realms/soc#ada',
      kind: 'person',
      grants: new Map([['globex', ['viewer']]]),
      platformRoles: [],
      keyId: null,
      via: 'jwt',
      issuer: ISSUER.issuer,
      issuedAt: 1_000,
      expiresAt: expect.any(Number),
      tokenId: 'j1',
      authTime: 990,
    });
  });

  it('R12 R16 has the roles that are mapped, tenant by tenant, and no other', () => {
    expect(grantsOf({})).toEqual(new Map());
    expect(grantsOf({ realm_access: { roles: ['soc-l1', 'soc-l2', 'root'] }, 'https://example/groups': 'leads' })).toEqual(
      new Map([['acme-corp', ['analyst', 'responder', 'tenant-admin']]]),
    );
    expect(grantsOf({ realm_access: { roles: ['soc-l1'] }, department: ['soc', 'soc'] })).toEqual(
      new Map([
        ['acme-corp', ['analyst']],
        ['globex', ['viewer']],
      ]),
    );
    const useless = [
      { realm_access: 'roles' },
      { realm_access: { roles: { 'soc-l1': true } } },
      { department: [['soc']] },
      { department: 'SOC' },
    ];
    for (const claims of useless) expect(grantsOf(claims)).toEqual(new Map());
  });

  it('trap.P11-role-not-from-mutable-field: whatever the token says, it never grants over the platform', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (claims) => {
        const principal = principalOfOidc(ISSUER, {
          ...claims,
          ...CLAIMS,
          roles: ['platform-admin'],
          grants: { globex: ['platform-admin'] },
        });
        expect(principal.platformRoles).toEqual([]);
        expect([...principal.grants.values()].flat().filter((role) => !GRANTABLE_ROLES.some((known) => known === role))).toEqual([]);
      }),
    );
  });

  it('R12 is nobody that a local principal or another provider can be', () => {
    const isLocal = /^[A-Za-z0-9._@+-]{1,128}$/;
    for (const sub of ['admin@platform', 'responder@acme-corp', 'a#b']) {
      const { subject } = principalOfOidc(ISSUER, { ...CLAIMS, sub });
      expect(isLocal.test(subject)).toBe(false);
      expect(subject.slice(0, subject.indexOf('#'))).toBe(ISSUER.issuer);
    }
  });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EnvironmentError } from '../../config/variable-reader.js';
import type { OidcIssuer } from './oidc-issuer.js';
import { readOidcIssuers } from './oidc-issuers-file.js';

const ISSUER = {
  issuer: 'https://login.example/realms/soc',
  audience: 'gatra',
  tenants: [{ tenant_id: 'acme-corp', claim: ['roles'], roles: { soc: 'analyst' } }],
};
const TENANT = ISSUER.tenants[0];

describe('the file of identity providers', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'gatra-oidc-'));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const read = (content: unknown, environment: 'development' | 'production' = 'production'): readonly OidcIssuer[] => {
    const oidcIssuersFile = join(directory, 'issuers.json');
    writeFileSync(oidcIssuersFile, typeof content === 'string' ? content : JSON.stringify(content));
    return readOidcIssuers({ environment, tokens: { algorithm: 'EdDSA', oidcIssuersFile } });
  };

  it('R12 may be left out', () => {
    expect(readOidcIssuers({ environment: 'production', tokens: { algorithm: 'EdDSA', oidcIssuersFile: null } })).toEqual([]);
  });

  it('R12 has an example that can be used', () => {
    expect(read(readFileSync('config/oidc_issuers.example.json', 'utf8'))).toHaveLength(1);
  });

  it('R12 is completed with what is safe', () => {
    expect(read({ issuers: [ISSUER] })).toEqual([
      {
        issuer: 'https://login.example/realms/soc',
        audience: 'gatra',
        algorithms: ['Ed25519', 'EdDSA', 'ES256', 'PS256', 'RS256'],
        tokenTypes: ['at+jwt'],
        longestLifetime: 900,
        tenants: [{ tenant: 'acme-corp', claim: ['roles'], roles: new Map([['soc', 'analyst']]) }],
      },
    ]);
  });

  it.each<[string, unknown]>([
    ['no JSON', '{'],
    ['no list', {}],
    ['http', { issuers: [{ ...ISSUER, issuer: 'http://login.example' }] }],
    ['http on this machine in production', { issuers: [{ ...ISSUER, issuer: 'http://127.0.0.1:1' }] }],
    ['an issuer with a query', { issuers: [{ ...ISSUER, issuer: 'https://login.example/?a=b' }] }],
    ['an issuer with a fragment', { issuers: [{ ...ISSUER, issuer: 'https://login.example/#a' }] }],
    ['an issuer with a credential', { issuers: [{ ...ISSUER, issuer: 'https://a:b@login.example' }] }],
    ['an issuer twice', { issuers: [ISSUER, ISSUER] }],
    ['our own name', { issuers: [{ ...ISSUER, issuer: 'gatra' }] }],
    ['no audience', { issuers: [{ ...ISSUER, audience: undefined }] }],
    ['a shared secret', { issuers: [{ ...ISSUER, algorithms: ['HS256'] }] }],
    ['no signature', { issuers: [{ ...ISSUER, algorithms: ['none'] }] }],
    ['a lifetime of a day', { issuers: [{ ...ISSUER, max_lifetime_seconds: 86_400 }] }],
    ['a role over the platform', { issuers: [{ ...ISSUER, tenants: [{ ...TENANT, roles: { root: 'platform-admin' } }] }] }],
    ['the role of a service', { issuers: [{ ...ISSUER, tenants: [{ ...TENANT, roles: { root: 'service' } }] }] }],
    ['a tenant that cannot be', { issuers: [{ ...ISSUER, tenants: [{ ...TENANT, tenant_id: '../x' }] }] }],
    ['a member that does not exist', { issuers: [{ ...ISSUER, jwks_uri: 'https://login.example/keys' }] }],
  ])('R12 is refused with its fault named: %s', (_what, content) => {
    expect(() => read(content)).toThrow(EnvironmentError);
    expect(() => read(content)).toThrow(/OIDC_ISSUERS_FILE/);
  });

  it('R12 may name http on this machine in development', () => {
    expect(read({ issuers: [{ ...ISSUER, issuer: 'http://127.0.0.1:8000/a' }] }, 'development')).toHaveLength(1);
    expect(() => read({ issuers: [{ ...ISSUER, issuer: 'http://192.168.0.1/a' }] }, 'development')).toThrow(EnvironmentError);
  });
});

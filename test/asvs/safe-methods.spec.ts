import { allows, ROLES, type Permission, type Role } from '../../src/platform/auth/permissions.js';
import { ApiDocument } from '../support/api-document.js';
import { BuiltApp } from '../support/built-app.js';
import { settledDump } from '../support/tenant-dump.js';

const READERS: readonly (readonly [Role, string, string])[] = [
  ['tenant-admin', 'acme-corp', 'tenant_admin'],
  ['responder', 'acme-corp', 'responder'],
  ['platform-admin', 'platform', ''],
];

describe('safe methods', () => {
  let app: BuiltApp;
  beforeAll(async () => {
    app = await BuiltApp.start();
  });
  afterAll(() => app.stop());

  it('ASVS V3.5.3 GET changes nothing that is stored, on any route', async () => {
    const tokens = new Map<Role, string>();
    for (const [role, tenant, name] of READERS) tokens.set(role, await app.token(tenant, name));
    const gets = (await ApiDocument.of(app.baseUrl)).operations.filter(
      ({ method, operation }) => method === 'GET' && (operation['x-permission'] !== undefined || operation['x-public'] === true),
    );
    expect(gets.length).toBeGreaterThan(30);
    const before = await settledDump(app.dataDir, 'acme-corp');
    const answered = new Set<number>();
    for (const { path, operation } of gets) {
      const permission = operation['x-permission'] as Permission | undefined;
      for (const [role, token] of tokens) {
        if (
          permission !== undefined &&
          !allows(
            permission,
            ROLES.filter((one) => one === role),
          )
        )
          continue;
        const url = path.replaceAll('{tenant_id}', 'acme-corp').replaceAll(/\{[^}]+\}/g, 'f0e1d2c3-0000-7000-8000-000000000000');
        const response = await fetch(app.baseUrl + url, { headers: { Authorization: `Bearer ${token}` } });
        await response.arrayBuffer();
        answered.add(response.status);
      }
    }
    expect([...answered]).toContain(200);
    expect(await settledDump(app.dataDir, 'acme-corp')).toEqual(before);
  });
});

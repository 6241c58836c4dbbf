import { allows, ROLES, type Permission, type Role } from '../../src/platform/auth/permissions.js';
import { ApiDocument } from '../support/api-document.js';
import { BuiltApp } from '../support/built-app.js';
import { settledDump } from '../support/tenant-dump.js';

const READERS: readonly (readonly [Role, string, string])[] = [
  ['tenant-admin', 'acme-corp', 'tenant_admin'],
  ['responder', 'acme-corp', 'responder'],
  ['platform-admin', 'platform', ''],
];

const AUDIT = 'cases.db audit_log';

describe('safe methods', () => {
  let app: BuiltApp;
  beforeAll(async () => {
    app = await BuiltApp.start();
  });
  afterAll(() => app.stop());

  it('ASVS V3.5.3 GET changes nothing that is stored, on any route; that a key was shown is recorded', async () => {
    const tokens = new Map<Role, string>();
    for (const [role, tenant, name] of READERS) tokens.set(role, await app.token(tenant, name));
    const gets = (await ApiDocument.of(app.baseUrl)).operations.filter(
      ({ method, operation }) => method === 'GET' && (operation['x-permission'] !== undefined || operation['x-public'] === true),
    );
    expect(gets.length).toBeGreaterThan(30);
    const before = await settledDump(app.dataDir, 'acme-corp');
    const answered = new Set<number>();
    const refused: string[] = [];
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
        if (response.status === 401 || response.status === 403) refused.push(`${role} ${path}`);
      }
    }
    expect(refused).toEqual([]);
    expect([...answered]).toContain(200);
    const records = await fetch(`${app.baseUrl}/api/v1/audit`, {
      headers: { Authorization: `Bearer ${tokens.get('tenant-admin') ?? ''}` },
    });
    const { items } = (await records.json()) as { items: { action: string }[] };
    expect(items.map(({ action }) => action).filter((action) => action !== 'token.issued')).toEqual(['webhook_key.shown']);
    const after = await settledDump(app.dataDir, 'acme-corp');
    expect({ ...after, [AUDIT]: '' }).toEqual({ ...before, [AUDIT]: '' });
  });
});

import { PERMISSIONS, ROLES, type Permission } from '../../src/platform/auth/permissions.js';
import { BuiltApp, STAYS_IN_SERVICE } from '../support/built-app.js';

interface Operation {
  readonly 'x-permission'?: Permission;
  readonly 'x-public'?: boolean;
  readonly 'x-recent-sign-in'?: number;
  readonly security?: readonly Readonly<Record<string, unknown>>[];
}

const PUBLIC = ['GET /.well-known/jwks.json', 'GET /health', 'GET /health/live', 'GET /health/ready'];
const CREDENTIALS: Readonly<Record<string, readonly [string, string?]>> = {
  collector: ['acme-corp', 'collector'],
  viewer: ['acme-corp', 'viewer'],
  analyst: ['acme-corp', 'analyst'],
  responder: ['acme-corp', 'responder'],
  'tenant-admin': ['acme-corp', 'tenant_admin'],
  'platform-admin': ['platform'],
};

describe('permissions, over every operation of the API document', () => {
  let app: BuiltApp;
  let operations: [string, string, Operation][];

  beforeAll(async () => {
    app = await BuiltApp.start({ env: STAYS_IN_SERVICE });
    const document = (await (await fetch(`${app.baseUrl}/docs-json`)).json()) as { paths: Record<string, Record<string, Operation>> };
    operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]): [string, string, Operation] => [method.toUpperCase(), path, operation]),
    );
  });
  afterAll(() => app.stop({ atOnce: true }));

  const ask = async (method: string, path: string, headers: Record<string, string> = {}): Promise<{ status: number; body: string }> => {
    const concrete = path.replace('{tenant_id}', 'acme-corp').replace(/\{\w+\}/g, 'f0e1d2c3-0000-7000-8000-000000000000');
    const answer = await fetch(app.baseUrl + concrete, { method, headers: { 'X-Correlation-ID': 'same', ...headers } });
    return { status: answer.status, body: (await answer.text()).replace(concrete, '<path>') };
  };

  it('R16 every operation says who may call it, and what is open to everybody is known', () => {
    const open = operations.filter(([, , operation]) => operation['x-public']).map(([method, path]) => `${method} ${path}`);
    expect(open.sort((a, b) => (a < b ? -1 : 1))).toEqual(PUBLIC);
    const silent = operations.filter(([, , operation]) => !operation['x-public'] && (operation.security ?? []).length === 0);
    expect(silent).toEqual([]);
  });

  it('refuses every kind of bad credential with 401 and one body, on every operation', async () => {
    const bad: Record<string, string>[] = [
      {},
      { Authorization: 'Bearer garbage' },
      { Authorization: 'Basic YTpi' },
      { Authorization: `Bearer ${app.apiKey('acme-corp', 'viewer')}` },
      { 'X-API-Key': 'gtr_live_000000000000_nonsense_000000' },
    ];
    for (const [method, path, operation] of operations) {
      if (operation['x-public']) continue;
      const answers = await Promise.all(bad.map((headers) => ask(method, path, headers)));
      expect([method, path, ...answers.map(({ status }) => status)]).toEqual([method, path, ...bad.map(() => 401)]);
      expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    }
  });

  it('R14 an API key opens nothing but ingest and the token exchange', async () => {
    const headers = { 'X-API-Key': app.apiKey('acme-corp', 'tenant_admin') };
    for (const [method, path, operation] of operations) {
      const takesKey = (operation.security ?? []).some((scheme) => 'api-key' in scheme);
      if (operation['x-public'] || takesKey) continue;
      const refusal = operation['x-recent-sign-in'] === undefined ? 401 : 403;
      expect([method, path, (await ask(method, path, headers)).status]).toEqual([method, path, refusal]);
    }
    const takers = operations.filter(([, , { security }]) => (security ?? []).some((scheme) => 'api-key' in scheme));
    expect(takers.map(([method, path]) => `${method} ${path}`).sort((a, b) => (a < b ? -1 : 1))).toEqual([
      'POST /api/v1/auth/token',
      'POST /api/v1/events',
    ]);
  });

  it('R16 TEN-04 bfla-matrix: each role gets exactly what the permission table gives it', async () => {
    const faults: string[] = [];
    for (const role of ROLES) {
      const credential = CREDENTIALS[role];
      if (!credential) continue;
      const headers = { Authorization: `Bearer ${await app.token(...credential)}` };
      for (const [method, path, operation] of operations) {
        const permission = operation['x-permission'];
        if (!permission) continue;
        const holders: readonly string[] = PERMISSIONS[permission];
        // The platform's operators may end a tenant, so they are asked about one that does not exist.
        const { status, body } = await ask(
          method,
          role === 'platform-admin' ? path.replace('{tenant_id}', 'no-such-tenant') : path,
          headers,
        );
        const refused = status === 403 && (body.includes('/problems/forbidden') || body.includes('/problems/tenant-not-held'));
        if (refused === holders.includes(role)) faults.push(`${role} ${method} ${path} (${permission}): ${status} ${body}`);
      }
    }
    expect(faults).toEqual([]);
  });
});

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateDay } from '../../src/cli/demo/generator/generate-day.js';
import { BuiltApp } from '../support/built-app.js';
import { eventually } from '../support/eventually.js';
import { onPostgres, rowsOfTenant } from '../support/postgres-app.js';
import { describeWithPostgres } from '../support/postgres-server.js';
import { runGatra, type CommandResult } from '../support/run-gatra.js';
import { settled } from '../support/settled.js';

interface Items<T> {
  readonly items: readonly T[];
}

describeWithPostgres('the app on PostgreSQL', (server) => {
  let app: BuiltApp;
  let database: string;
  let env: Readonly<Record<string, string>>;
  beforeAll(async () => {
    ({ database, env } = await onPostgres(server()));
    app = await BuiltApp.start({ env });
  });
  afterAll(() => app.stop());

  const ask = async (path: string, token: string, init: RequestInit = {}): Promise<Response> =>
    fetch(app.baseUrl + path, {
      ...init,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', ...init.headers },
    });
  const get = async <T>(path: string, token: string): Promise<T> => {
    const answer = await ask(path, token);
    expect([path, answer.status]).toEqual([path, 200]);
    return (await answer.json()) as T;
  };
  const send = async (tenant: string): Promise<void> => {
    const attack = [...generateDay({ seed: 3, day: new Date('2026-11-20'), backgroundEvents: 300 })].filter(({ label }) => label.attack);
    for (const source of new Set(attack.map((event) => event.source))) {
      const events = attack.filter((event) => event.source === source).map(({ event }) => event);
      const headers = { 'X-API-Key': app.apiKey(tenant, 'collector'), 'Content-Type': 'application/json' };
      const body = JSON.stringify({ source, events });
      const answer = await fetch(`${app.baseUrl}/api/v1/events`, { method: 'POST', headers, body });
      expect([answer.status, await answer.json()]).toEqual([202, expect.objectContaining({ accepted: events.length, inspected: true })]);
    }
    const analyst = await app.token(tenant, 'analyst');
    await settled(
      async () => [
        await get<Items<{ status: string }>>('/api/v1/alerts?limit=500', analyst),
        await get<Items<{ status: string }>>('/api/v1/containment/actions?limit=500', analyst),
      ],
      ([alerts, actions]) => (alerts?.items ?? []).every(({ status }) => status !== 'new') && (actions?.items.length ?? 0) > 0,
    );
  };
  const gatra = (...args: string[]): Promise<CommandResult> =>
    runGatra(args, { ...env, PATH: process.env['PATH'] ?? '', ENVIRONMENT: 'development', GATRA_DATA_DIR: app.dataDir });

  it('R06 does the main job: alerts, verdicts, incidents, actions and audit records are in PostgreSQL, and in no file', async () => {
    await send('acme-corp');
    const rows = await rowsOfTenant(server(), database, 'acme-corp');
    for (const table of ['alert', 'incident', 'containment_action', 'audit_log', 'work_item']) expect(Object.keys(rows)).toContain(table);
    const files = readdirSync(app.dataDir, { recursive: true, encoding: 'utf8' });
    expect(files.filter((name) => /cases\.db|platform\.db/.test(name))).toEqual([]);
    const analyst = await app.token('acme-corp', 'analyst');
    const { items } = await get<Items<{ verdict: object | null }>>('/api/v1/alerts?limit=500&severity=high', analyst);
    expect(items.length).toBeGreaterThan(10);
    expect(items.every(({ verdict }) => verdict !== null)).toBe(true);
    const globex = await app.token('globex', 'analyst');
    expect((await get<Items<unknown>>('/api/v1/alerts', globex)).items).toEqual([]);
  });

  it('R52 `gatra audit verify` reads the logs there, and names a record that was changed', async () => {
    const whole = await gatra('audit', 'verify');
    expect([whole.code, whole.err]).toEqual([0, '']);
    expect(whole.out).toMatch(/^ok {5}acme-corp: \d+ records/m);
    expect(whole.out).toMatch(/^ok {5}platform: \d+ records/m);
    const change = (actor: string): Promise<unknown> =>
      server().ask(
        `BEGIN; ALTER TABLE gatra_tenants.audit_log DISABLE TRIGGER ALL; UPDATE gatra_tenants.audit_log SET actor = '${actor}' WHERE idx = 2 AND tenant_id = 'acme-corp';
         ALTER TABLE gatra_tenants.audit_log ENABLE TRIGGER ALL; COMMIT`,
        database,
      );
    const [kept] = await server().ask<{ actor: string }>(
      "SELECT actor FROM gatra_tenants.audit_log WHERE idx = 2 AND tenant_id = 'acme-corp'",
      database,
    );
    await change('mallory');
    const changed = await gatra('audit', 'verify', '--tenant', 'acme-corp');
    expect([changed.code, changed.out]).toEqual([1, expect.stringContaining('record 2 its columns do not say what its record says')]);
    await change(kept?.actor ?? '');
    expect((await gatra('audit', 'verify', '--tenant', 'acme-corp')).code).toBe(0);
  });

  it('R47 exports a tenant and imports it as another', async () => {
    const place = mkdtempSync(join(tmpdir(), 'gatra-postgres-export-'));
    try {
      const exported = await gatra('tenant', 'export', '--tenant', 'acme-corp', '--out', join(place, 'acme'));
      expect([exported.code, exported.err]).toEqual([0, '']);
      const imported = await gatra('tenant', 'import', '--from', join(place, 'acme'), '--as', 'acme-again');
      expect([imported.code, imported.err]).toEqual([0, '']);
      const rows = await rowsOfTenant(server(), database, 'acme-again');
      const original = await rowsOfTenant(server(), database, 'acme-corp');
      expect(rows['audit_evidence']).toBe(original['audit_log']);
      expect((await gatra('audit', 'verify', '--tenant', 'acme-again')).out).toMatch(/^ok {5}evidence of acme-corp/m);
      const twice = await gatra('tenant', 'import', '--from', join(place, 'acme'), '--as', 'acme-again');
      expect([twice.code, twice.err]).toEqual([1, expect.stringContaining('there is a tenant acme-again')]);
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  });

  it('R24 TEN-10 deletes a tenant with its audit log, and nothing of another', async () => {
    await send('globex');
    const others = await rowsOfTenant(server(), database, 'acme-corp');
    expect(Object.keys(await rowsOfTenant(server(), database, 'globex'))).toContain('audit_log');
    const operator = await app.token('platform');
    const tenant = await ask('/api/v1/tenants/globex', operator);
    const version = String(((await tenant.json()) as { version: number }).version);
    const deleting = await ask('/api/v1/tenants/globex?confirm=globex', operator, {
      method: 'DELETE',
      headers: { 'If-Match': `"${version}"` },
    });
    expect([deleting.status, await deleting.text()]).toEqual([202, expect.any(String)]);
    await eventually(async () => {
      const { state } = await get<{ state: string }>('/api/v1/tenants/globex/erasure', operator);
      expect(state).toBe('done');
    }, 20_000);
    const proof = await get<{ removed: { rows: Record<string, number> }; scan: { traces: number } }>(
      '/api/v1/tenants/globex/erasure',
      operator,
    );
    expect(proof.removed.rows).toMatchObject({ alert: expect.any(Number), audit_log: expect.any(Number) });
    expect(proof.scan.traces).toBe(0);
    expect(await rowsOfTenant(server(), database, 'globex')).toEqual({});
    expect(await rowsOfTenant(server(), database, 'acme-corp')).toEqual(others);
    const forbidden = server().ask(
      "SET ROLE gatra_app; SET gatra.tenant = 'acme-corp'; SET gatra.erasing = 'yes'; DELETE FROM gatra_tenants.audit_log",
      database,
    );
    await expect(forbidden).rejects.toThrow('permission denied');
  });

  it('R32 says so while PostgreSQL is away, refuses with 503, and goes on once it is back', async () => {
    const analyst = await app.token('acme-corp', 'analyst');
    const before = await get<Items<unknown>>('/api/v1/alerts?limit=500', analyst);
    await server().kill();
    const refused = await ask('/api/v1/alerts', analyst);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    await eventually(async () => expect((await fetch(`${app.baseUrl}/health/ready`)).status).toBe(503));
    expect((await fetch(`${app.baseUrl}/health/live`)).status).toBe(200);
    await server().begin();
    await eventually(async () => expect((await fetch(`${app.baseUrl}/health/ready`)).status).toBe(200));
    expect(await get<Items<unknown>>('/api/v1/alerts?limit=500', analyst)).toEqual(before);
    expect(app.printed.filter((line) => line.includes('"event":"request.failed"'))).toEqual([]);
  });

  it('R62 starts on what the documentation says to make, and on no more', async () => {
    const statements = /^```sql\n([^]*?)^```$/m.exec(readFileSync('docs/postgresql.md', 'utf8'))?.[1]?.split(';') ?? [];
    expect(statements.length).toBeGreaterThan(3);
    for (const statement of statements) await server().ask(statement.replaceAll('gatra', 'documented').replaceAll('…', 'hunter2'));
    const url = (role: string): string => `postgres://documented_${role}:hunter2@127.0.0.1:${server().port}/documented`;
    const documented = await BuiltApp.start({ env: { DATABASE_URL: url('app'), DATABASE_MIGRATION_URL: url('owner') } });
    expect(documented.printed.join('\n')).not.toContain('hunter2');
    await documented.kill();
    const again = await BuiltApp.start({ dataDir: documented.dataDir, env: { DATABASE_URL: url('app') } });
    expect(await again.stop()).toBe(0);
  });

  it('OPS-10 does not start on half of a database, and says what is missing without a secret', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'gatra-half-'));
    const empty = await server().emptyDatabase();
    const nowhere = 'postgres://gatra_app:hunter2@127.0.0.1:1/gatra';
    const cases: [Record<string, string>, RegExp][] = [
      [{ DATABASE_URL: server().url(empty, 'gatra_app') }, /lacks the step.*DATABASE_MIGRATION_URL/],
      [{ DATABASE_URL: server().url(database, 'gatra_owner') }, /owns the tables/],
      [{ DATABASE_URL: server().url('absent', 'gatra_app') }, /does not let DATABASE_URL .* in \(SQLSTATE 3D000\)/],
      [{ DATABASE_URL: nowhere }, /cannot be reached \(ECONNREFUSED\)/],
      [{ DATABASE_MIGRATION_URL: nowhere }, /DATABASE_URL is missing/],
    ];
    try {
      for (const [variables, reason] of cases) {
        const started = BuiltApp.start({ dataDir, env: variables });
        const refused: Error = await started.then(
          () => new Error('it has started'),
          (error: Error) => error,
        );
        expect(refused.message).toMatch(reason);
        expect(refused.message).not.toContain('hunter2');
      }
      expect(existsSync(join(dataDir, 'platform.db'))).toBe(false);
      writeFileSync(join(dataDir, 'platform.db'), '');
      await expect(BuiltApp.start({ dataDir, env })).rejects.toThrow(/GATRA_DATA_DIR has cases and keys of its own/);
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});

import { BuiltApp } from '../support/built-app.js';
import { eventually } from '../support/eventually.js';

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

describe('the log and what an operator may see, on the built app', () => {
  let app: BuiltApp;
  let admin: string;
  beforeAll(async () => {
    app = await BuiltApp.start({
      env: { GATRA_INTEL_FEEDS: 'https://joe:hunter2@feeds.invalid/list?key=hunter2', GATRA_COMMIT: '0123abc' },
    });
    admin = await app.token('platform');
  });
  afterAll(() => app.stop());

  const ask = async (method: string, path: string, body?: object): Promise<Answer> => {
    const answer = await fetch(app.baseUrl + path, {
      method,
      headers: { Authorization: `Bearer ${admin}`, 'Content-Type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const ingest = async (name: string): Promise<void> => {
    const message = `Nov 21 10:00:00 web01 sshd[811]: Accepted password for root from 203.0.113.9 port ${40_000 + name.length} ssh2`;
    const answer = await fetch(`${app.baseUrl}/api/v1/events`, {
      method: 'POST',
      headers: { 'X-API-Key': app.apiKey('acme-corp', 'collector'), 'Content-Type': 'application/json', 'X-Correlation-ID': name },
      body: JSON.stringify({ source: 'linux-auth', events: [{ message, hostname: 'web01' }] }),
    });
    expect(answer.status).toBe(202);
  };
  const linesOf = (event: string, correlation: string): Record<string, unknown>[] =>
    app.printed
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter((line) => line['event'] === event && line['correlation_id'] === correlation);

  it('R30 changes its level at once, for good or for a while, and refuses a level that there is not', async () => {
    await ingest('before');
    expect(await ask('PUT', '/admin/log-level', { level: 'debug' })).toEqual({
      status: 200,
      body: { level: 'debug', configured: 'info', until: null },
    });
    await ingest('while-debug');
    await eventually(() => expect(linesOf('events.ingested', 'while-debug')).toHaveLength(1));
    expect(linesOf('events.ingested', 'while-debug')[0]).toMatchObject({
      level: 'debug',
      tenant_id: 'acme-corp',
      received: 1,
      accepted: 1,
    });
    expect(linesOf('events.ingested', 'before')).toEqual([]);

    for (const body of [
      { level: 'loud' },
      { level: 'silent' },
      {},
      { level: 'debug', for_seconds: 0 },
      { level: 'debug', for_seconds: 1e9 },
    ]) {
      expect((await ask('PUT', '/admin/log-level', body)).status).toBe(422);
    }
    expect((await ask('GET', '/admin/log-level')).body).toMatchObject({ level: 'debug' });

    const brief = await ask('PUT', '/admin/log-level', { level: 'fatal', for_seconds: 1 });
    expect(brief.body).toMatchObject({ level: 'fatal', until: expect.stringMatching(/Z$/) });
    await eventually(async () =>
      expect((await ask('GET', '/admin/log-level')).body).toEqual({ level: 'info', configured: 'info', until: null }),
    );
    await ingest('after');
    await eventually(() => expect(linesOf('detections.raised', 'after')).toHaveLength(1));
    expect(linesOf('events.ingested', 'after')).toEqual([]);
  });

  it('R30 every change of the level is in the audit log', async () => {
    const { body } = await ask('GET', '/admin/audit?action=log_level.changed');
    const changes = (body['items'] as { details: object; outcome: string }[]).map(({ details, outcome }) => ({ ...details, outcome }));
    expect(changes).toEqual(
      expect.arrayContaining([
        { from: 'info', to: 'debug', for_seconds: null, outcome: 'success' },
        { from: 'debug', to: 'fatal', for_seconds: 1, outcome: 'success' },
      ]),
    );
    expect(changes).toHaveLength(2);
  });

  it('R32 shows the configuration in force and no secret', async () => {
    const { body } = await ask('GET', '/admin/config');
    expect(body).toMatchObject({
      configuration: { environment: 'development', intel: { feeds: ['https://***@feeds.invalid/list?***'] } },
      secrets: expect.arrayContaining([
        { name: 'JWT_SECRET', is_set: true, value: '***' },
        { name: 'REDIS_URL', is_set: false, value: '***' },
      ]),
    });
    expect(JSON.stringify(body)).not.toContain('hunter2');
  });

  it('R32 says what runs here and since when', async () => {
    const { body } = await ask('GET', '/admin/build');
    expect(body).toMatchObject({
      version: '0.1.0',
      commit: '0123abc',
      node: expect.stringMatching(/^24\./),
      uptime_seconds: expect.any(Number),
    });
    expect(Date.now() - Date.parse(String(body['started_at']))).toBeLessThan(600_000);
  });
});

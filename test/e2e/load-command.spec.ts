import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import type { LoadReport } from '../../src/cli/load/load-report.js';
import { BuiltApp } from '../support/built-app.js';
import { runGatra } from '../support/run-gatra.js';

const answered = (events: number): string => JSON.stringify({ accepted: events, duplicates: 0, rejected: [] });

describe('gatra load', () => {
  const directory = mkdtempSync(join(tmpdir(), 'gatra-load-'));
  let app: BuiltApp;
  beforeAll(async () => {
    app = await BuiltApp.start();
  });
  afterAll(async () => {
    await app.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it('R48 sends generated events of several tenants at the rates asked for, and accounts for each', async () => {
    const [json, html] = [join(directory, 'report.json'), join(directory, 'report.html')];
    const { code, out, err } = await runGatra(
      [
        'load',
        '--credentials',
        `${app.dataDir}/bootstrap.json`,
        '--tenant',
        'acme-corp',
        'globex',
        '--stages',
        '5..15:2,10:1',
        '--batch',
        '20',
        '--gzip',
        '--retries',
        '3',
        '--json',
        json,
        '--html',
        html,
        '--expect-errors',
        '0',
        '--expect-p99',
        '60000',
      ],
      {},
    );
    expect({ code, out, err }).toMatchObject({ code: 0, out: expect.stringContaining('30 due = 30 ok + 0 failed') });
    const report = JSON.parse(readFileSync(json, 'utf8')) as LoadReport;
    expect(report.requests).toMatchObject({ due: 30, ok: 30, failed: 0, not_sent: 0 });
    const { sent, accepted, duplicates, rejected } = report.events;
    expect([sent, accepted + duplicates, rejected]).toEqual([600, 600, 0]);
    let stored = 0;
    for (const tenant of ['acme-corp', 'globex']) {
      const headers = { Authorization: `Bearer ${await app.token(tenant, 'analyst')}` };
      const accounting = await fetch(`${app.baseUrl}/api/v1/accounting`, { headers });
      const { hours } = (await accounting.json()) as { hours: { stored: number }[] };
      const ofTenant = hours.reduce((sum, hour) => sum + hour.stored, 0);
      expect(ofTenant).toBeGreaterThan(0);
      stored += ofTenant;
    }
    expect(stored).toBe(accepted);
    expect(readFileSync(html, 'utf8')).toContain('<svg');
    expect(out + err + readFileSync(json, 'utf8') + readFileSync(html, 'utf8')).not.toContain(app.apiKey('acme-corp', 'collector'));
  });

  it('R48 sends again what is answered 503 when Retry-After says, under the same key, and files as they are', async () => {
    const bodies = new Map<string, number[]>();
    const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      const key = String(request.headers['idempotency-key']);
      const sentAt = bodies.get(key) ?? [];
      bodies.set(key, [...sentAt, performance.now()]);
      const body = await buffer(request);
      const text = String(request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body);
      if (sentAt.length === 0) response.writeHead(503, { 'Retry-After': '1' }).end();
      else if (text === '{"n":1}\n{"n":2}\n') response.writeHead(202).end(answered(2));
      else response.writeHead(400).end();
    };
    const server = createServer((request, response) => void answer(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const [credentials, events] = [join(directory, 'credentials.json'), join(directory, 'two.ndjson')];
    writeFileSync(credentials, JSON.stringify({ base_url: url, tenants: { one: { collector: { api_key: 'k' } } } }));
    writeFileSync(events, '{"n":1}\n{"n":2}\n');
    const run = (retries: string) =>
      runGatra(
        [
          'load',
          '--credentials',
          credentials,
          '--events',
          events,
          '--stages',
          '4:1',
          '--json',
          '-',
          '--expect-errors',
          '0',
          '--retries',
          retries,
        ],
        {},
      );
    try {
      const patient = await run('1');
      const report = JSON.parse(patient.out) as LoadReport;
      expect(patient.code).toBe(0);
      expect(report.attempts).toEqual({ 202: 4, 503: 4 });
      expect(report.latency_ms.p50).toBeGreaterThan(990);
      expect(bodies.size).toBe(4);
      for (const [first = 0, second = 0] of bodies.values()) expect(second - first).toBeGreaterThan(990);
      bodies.clear();
      const impatient = await run('0');
      expect(impatient.code).toBe(1);
      expect(impatient.err).toContain('4 requests failed; at most 0 were to');
    } finally {
      server.close();
    }
  });

  it('R48 says what is wrong with what it is told', async () => {
    for (const args of [
      ['--stages', '5'],
      ['--batch', '0'],
      ['--tenant', 'nobody'],
      ['--events', join(directory, 'none')],
    ]) {
      const { code, err } = await runGatra(['load', '--credentials', `${app.dataDir}/bootstrap.json`, ...args], {});
      expect({ args, code, says: err !== '' && !err.includes('    at ') }).toEqual({ args, code: 1, says: true });
    }
  });
});

import { execFile } from 'node:child_process';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import type { ProbeReport } from '../../src/cli/probe/probe-report.js';
import { BuiltApp } from '../support/built-app.js';
import { OWNER, STRANGER } from '../support/canary-tenants.js';

interface Run {
  readonly code: number;
  readonly output: string;
}

/** What a leaky deployment does to a request of the stranger. */
interface Leak {
  /** Serves it with the owner's credential. */
  readonly asOwner?: (method: string, path: string) => boolean;
  /** Says in a refusal that the thing exists elsewhere. */
  readonly admits?: (path: string) => boolean;
}

describe('gatra probe isolation', () => {
  let app: BuiltApp;
  beforeAll(async () => {
    app = await BuiltApp.start();
  });
  afterAll(() => app.stop());

  const probe = (...options: string[]): Promise<Run> =>
    new Promise((done) => {
      const credentials = join(app.dataDir, 'bootstrap.json');
      const words = [resolve('dist/cli/gatra.js'), 'probe', 'isolation', '--credentials', credentials, ...options];
      const child = execFile(process.execPath, words, { maxBuffer: 2 ** 24 }, (_, stdout, stderr) =>
        done({ code: child.exitCode ?? -1, output: stdout + stderr }),
      );
    });

  const holder = (authorization = ''): readonly string[] => {
    const claims = authorization.split('.')[1];
    if (!authorization.startsWith('Bearer ') || claims === undefined) return [];
    return Object.keys((JSON.parse(Buffer.from(claims, 'base64url').toString()) as { grants: object }).grants);
  };

  const isStream = ({ headers }: Response): boolean => headers.get('content-type')?.startsWith('text/event-stream') === true;

  /** What comes of a stream at once. */
  async function beginningOf({ body }: Response): Promise<string> {
    const decoder = new TextDecoder();
    let text = '';
    const reader = body?.getReader();
    const over = setTimeout(() => void reader?.cancel(), 500);
    for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read())
      text += decoder.decode(part.value, { stream: true });
    clearTimeout(over);
    return text;
  }

  /** The app behind a proxy that mixes tenants up. */
  async function leaky({ asOwner, admits }: Leak): Promise<{ server: Server; url: string }> {
    const owners = `Bearer ${await app.token(OWNER, 'tenant_admin')}`;
    const serve = async (request: IncomingMessage): Promise<{ status: number; headers: Record<string, string>; body: string }> => {
      const { method = 'GET', url = '/' } = request;
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { host: _host, connection: _connection, 'content-length': _length, ...headers } = request.headers as Record<string, string>;
      const isStranger = holder(headers['authorization']).includes(STRANGER);
      const body = chunks.length > 0 ? { body: Buffer.concat(chunks) } : {};
      const authorization = isStranger && asOwner?.(method, url) ? { authorization: owners } : {};
      const answer = await fetch(app.baseUrl + url, { method, headers: { ...headers, ...authorization }, ...body });
      const text = isStream(answer) ? await beginningOf(answer) : await answer.text();
      const exists =
        isStranger && answer.status === 404 && admits?.(url) && (await fetch(app.baseUrl + url, { headers: { authorization: owners } })).ok;
      return {
        status: answer.status,
        headers: Object.fromEntries(answer.headers),
        body: exists ? text.replace('Nothing with', 'Elsewhere') : text,
      };
    };
    const server = createServer((request, response) => {
      void serve(request).then(({ status, headers, body }) => {
        const { 'content-length': _length, 'transfer-encoding': _encoding, ...kept } = headers;
        response.writeHead(status, { ...kept, 'content-length': Buffer.byteLength(body) }).end(body);
      });
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  }

  it('TEN-02 tries a sound deployment, finds nothing, says what it tried and cleans up', async () => {
    const { code, output } = await probe();
    expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/attempts on \d+ operations, 0 findings\n$/) });
    expect(output).toMatch(/POST \/api\/v1\/incidents\/\{incident_id\}\/merge +\d+ +ok +path, body, header/);
    expect(output).toContain('GET /edl/{tenant_id}/{list}');
    const headers = { Authorization: `Bearer ${await app.token(OWNER, 'tenant_admin')}` };
    const items = async (path: string): Promise<Record<string, unknown>[]> =>
      ((await (await fetch(app.baseUrl + path, { headers })).json()) as { items: Record<string, unknown>[] }).items;
    expect(await items('/api/v1/approvals?status=pending')).toEqual([]);
    expect((await items('/api/v1/incidents')).map(({ status }) => status)).toEqual(['closed']);
    expect((await items('/api/v1/intel/indicators?source=api')).length).toBe(0);
    const keys = await items(`/api/v1/tenants/${OWNER}/api-keys`);
    expect(keys.filter(({ label, revoked_at }) => label === 'Canary of an isolation probe' && revoked_at === null)).toEqual([]);
  });

  it('TEN-02 finds each way in which a deployment leaks, and ends with 1', async () => {
    const SWAPPED = ['GET /api/v1/events?host=', 'GET /api/v1/approvals?limit', 'GET /api/v1/stream', 'PATCH /api/v1/incidents/'];
    const { server, url } = await leaky({
      asOwner: (method, path) =>
        /^GET \/api\/v1\/alerts\/[^/?]+$/.test(`${method} ${path}`) || SWAPPED.some((start) => `${method} ${path}`.startsWith(start)),
      admits: (path) => path.startsWith('/api/v1/containment/actions/'),
    });
    try {
      const { code, output } = await probe('--base-url', url, '--owner', OWNER, '--stranger', STRANGER, '--format', 'json');
      expect(code).toBe(1);
      const { findings } = JSON.parse(output) as ProbeReport;
      const found = (operation: string): string[] => [
        ...new Set(findings.filter((finding) => finding.operation === operation).map(({ fault }) => fault)),
      ];
      expect(found('GET /api/v1/alerts/{alert_id}')).toContain('answered');
      expect(found('GET /api/v1/events')).toContain('answered');
      expect(found('GET /api/v1/approvals')).toContain('leaked');
      expect(found('GET /api/v1/stream')).toContain('leaked');
      expect(found('PATCH /api/v1/incidents/{incident_id}')).toContain('told_apart');
      expect(found('GET /api/v1/containment/actions/{action_id}')).toEqual(['told_apart']);
      expect(found('GET /api/v1/incidents/{incident_id}')).toContain('changed');
      expect(found('GET /api/v1/intel/indicators/{indicator_id}')).toEqual([]);
    } finally {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    }
  });

  it('says what is missing where it cannot start', async () => {
    const { code, output } = await probe('--owner', 'nobody', '--stranger', STRANGER);
    expect([code, output]).toEqual([1, expect.stringContaining('the credentials file names no collector of nobody')]);
  });
});

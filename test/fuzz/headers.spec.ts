import { Agent } from 'node:http';
import fc from 'fast-check';
import { nearly } from '../support/parser-fuzz.js';
import { sendRaw } from '../support/raw-request.js';
import { startApp, type RunningApp } from '../support/running-app.js';

const RUNS = 60;
const LONGEST = 4_000;
/** What requests say of themselves in headers, and texts near what each should hold. */
const HEADERS: readonly (readonly [string, readonly string[]])[] = [
  ['Accept', ['application/json, text/*;q=0.5', '*/*;q=1e3']],
  ['Accept-Encoding', ['gzip;q=1.0, identity; q=0.5, *;q=0']],
  ['Authorization', ['Bearer eyJhbGciOiJub25lIn0.e30.', 'Bearer a.b.c', 'Basic YTpi']],
  ['Content-Encoding', ['gzip', 'gzip, zstd', 'identity']],
  ['Content-Type', ['application/json; charset=utf-8', 'multipart/form-data; boundary=x']],
  ['Cookie', ['a=b; c="d"']],
  ['Idempotency-Key', ['8e03978e-40d5-43dd-bc93-6894a57f9324', '"8e03978e"']],
  ['If-Match', ['"1"', 'W/"2", "3"', '*']],
  ['If-None-Match', ['"1"', 'W/"2", "3"', '*']],
  ['Origin', ['https://soc.example', 'null']],
  ['Range', ['bytes=0-1,5-', 'bytes=-9999999999999999999999']],
  ['Signature', ['sig1=:aGVsbG8=:']],
  ['Signature-Input', ['sig1=("@method" "@path");created=1618884473;keyid="k"']],
  ['traceparent', ['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01']],
  ['X-API-Key', ['gtr_live_abcdefghijkl_0123456789', 'gtr_svc_']],
  ['X-Correlation-ID', ['req-1', 'a:b_c.d']],
  ['X-Forwarded-For', ['1.2.3.4, [2001:db8::1]:443', '10.0.0.1:80,']],
  ['X-Forwarded-Proto', ['https', 'http, https']],
  ['X-HTTP-Method-Override', ['DELETE']],
  ['X-Service-Signature', ['v1=00ff,v1=11']],
  ['X-Tenant-ID', ['acme-corp', 'globex']],
];
const FILTERS = ['status', 'severity', 'entity', 'technique', 'from', 'to', 'cursor', 'sort', 'limit', 'q', 'actor', 'kind'];
const LISTS = ['/api/v1/alerts', '/api/v1/events', '/api/v1/incidents', '/api/v1/containment/actions', '/api/v1/audit'];

/** What may stand in a header, as HTTP clients send it. */
const asHeader = (text: string): string =>
  Buffer.from(text)
    .toString('latin1')
    .replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '')
    .slice(0, LONGEST);

describe('headers and filters of any kind', () => {
  let running: RunningApp;
  let token: string;
  const agent = new Agent({ keepAlive: true });

  beforeAll(async () => {
    running = await startApp({ env: { TRUSTED_PROXIES: '127.0.0.1' } });
    token = await running.token('acme-corp', 'responder');
  });
  afterAll(async () => {
    agent.destroy();
    await running.close();
  });

  /** Sends a request; what is wrong with its answer. */
  const faultOf = async (method: string, path: string, headers: Record<string, string>): Promise<string | undefined> => {
    const body = method === 'GET' ? {} : { body: '{"events":[]}' };
    const given = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', ...headers };
    const answer = await sendRaw(running.baseUrl, { method, path, headers: given, ...body }, agent);
    const type = String(answer.headers['content-type']);
    if (answer.status >= 500) return `${answer.status}: ${answer.body}`;
    if (answer.status >= 400 && !type.startsWith('application/problem+json')) return `${answer.status} as ${type}`;
    if (!/^[\w.:-]{1,128}$/.test(String(answer.headers['x-correlation-id']))) return 'no correlation id';
    return undefined;
  };

  it.each(HEADERS)(`HOS-09 %s: ${RUNS} values, each served or refused`, async (name, seeds) => {
    const property = fc.asyncProperty(nearly(seeds), fc.constantFrom('GET', 'POST'), async (text, method) => {
      const path = method === 'GET' ? '/api/v1/alerts?limit=1' : '/api/v1/events';
      expect(await faultOf(method, path, { [name]: asHeader(text) })).toBeUndefined();
    });
    await fc.assert(property, { numRuns: RUNS });
  });

  it.each(LISTS)('HOS-09 %s: 150 filters, each served or refused', async (path) => {
    const seeds = ['high,critical', '2026-01-15T09:30:00Z', '-created_at', 'WyJhIiwxXQ', 'host:ws-17', '50'];
    const filter = fc.tuple(fc.constantFrom(...FILTERS), nearly(seeds));
    const property = fc.asyncProperty(fc.array(filter, { minLength: 1, maxLength: 3 }), async (filters) => {
      const query = filters.map(([name, text]) => `${name}=${encodeURIComponent(text.toWellFormed())}`).join('&');
      expect(await faultOf('GET', `${path}?${query}`, {})).toBeUndefined();
    });
    await fc.assert(property, { numRuns: 150 });
  });
});

import { readFileSync } from 'node:fs';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { BuiltApp } from '../support/built-app.js';
import { exchange } from '../support/raw-socket.js';
import { sendRaw, type RawAnswer } from '../support/raw-request.js';

const MIB = 1024 * 1024;
const LIMIT = 10 * MIB;
/** CPU time that a hostile body may cost. */
const MOST_CPU_MS = 200;
const TRIES = 3;
const DEEP = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
const KEYS = `{${Array.from({ length: 700_000 }, (_, at) => `"k${at}":1`).join(',')}}`;

interface Answer {
  readonly accepted: number;
  readonly received: number;
  readonly rejected: readonly { readonly index: number; readonly code: string }[];
}

describe('hostile input', () => {
  let app: BuiltApp;
  let admin: string;
  let sent = 0;

  beforeAll(async () => {
    app = await BuiltApp.start();
    admin = await app.token('platform');
  });
  afterAll(() => app.stop());

  const ingest = (body: string | Buffer, headers: Record<string, string> = {}): Promise<RawAnswer> => {
    const credential = { 'X-API-Key': app.apiKey('acme-corp', 'collector') };
    return sendRaw(app.baseUrl, {
      method: 'POST',
      path: '/api/v1/events',
      headers: { ...credential, 'Content-Type': 'application/json', ...headers },
      body,
    });
  };
  const lines = (body: string | Buffer): Promise<RawAnswer> => ingest(body, { 'Content-Type': 'application/x-ndjson' });
  const control = (body: string | Buffer, headers: Record<string, string> = {}): Promise<RawAnswer> =>
    sendRaw(app.baseUrl, {
      method: 'POST',
      path: '/api/v1/tenants',
      headers: { Authorization: `Bearer ${admin}`, 'Content-Type': 'application/json', ...headers },
      body,
    });
  const good = (count = 1): string[] =>
    Array.from({ length: count }, () =>
      JSON.stringify({ '@timestamp': '2026-01-15T09:30:00Z', message: `good line ${sent++}`, host: 'web-1' }),
    );
  const residentBytes = (): number =>
    Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${app.process.pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  /** CPU time that the app has used, in milliseconds; the kernel counts it in steps of 10. */
  const cpuMs = (): number => {
    const fields = readFileSync(`/proc/${app.process.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10;
  };
  /** CPU time that a request costs: the smallest of up to three tries, as collecting garbage falls to whichever request comes then. */
  const cpuOf = async (send: () => Promise<void>): Promise<number> => {
    let cost = Number.POSITIVE_INFINITY;
    for (let n = 0; n < TRIES && cost > MOST_CPU_MS; n++) {
      const before = cpuMs();
      await send();
      cost = Math.min(cost, cpuMs() - before);
    }
    return cost;
  };
  const expectProblem = ({ status, headers, body }: RawAnswer, expected: readonly number[]): void => {
    expect(expected).toContain(status);
    expect(headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(JSON.parse(body)).toMatchObject({ status, type: expect.stringMatching(/^\/problems\//) });
  };
  /** What was taken of good and bad lines together: every good one, and of the bad ones none. */
  const expectTaken = (answer: RawAnswer, accepted: number, rejected: readonly number[]): void => {
    expect(answer.status).toBe(202);
    const body = JSON.parse(answer.body) as Answer;
    expect([body.accepted, body.rejected.map(({ index }) => index)]).toEqual([accepted, rejected]);
    expect(body.received).toBe(accepted + rejected.length);
  };

  it('HOS-02 refuses body bombs before memory is spent on them', async () => {
    const zeros = Buffer.alloc(200 * MIB, 0x20);
    const bombs: [string, Buffer, ...number[]][] = [
      ['gzip', gzipSync(zeros), 413],
      ['zstd', zstdCompressSync(zeros), 413],
      ['gzip', gzipSync(gzipSync(zeros)), 400, 422],
      ['br', brotliCompressSync(zeros.subarray(0, 20 * MIB)), 415],
      ['deflate', deflateSync(zeros), 415],
      ['gzip, gzip', gzipSync(gzipSync(zeros)), 415],
    ];
    expectTaken(
      await ingest(gzipSync(`${'\n'.repeat(9 * MIB)}${good().join('')}`), {
        'Content-Type': 'application/x-ndjson',
        'Content-Encoding': 'gzip',
      }),
      1,
      [],
    );
    const before = residentBytes();
    let most = before;
    for (const [encoding, body, ...statuses] of bombs) {
      const cost = await cpuOf(async () => expectProblem(await ingest(body, { 'Content-Encoding': encoding }), statuses));
      expect([encoding, cost <= MOST_CPU_MS]).toEqual([encoding, true]);
      expectProblem(await control(body, { 'Content-Encoding': encoding }), [413, 415]);
      most = Math.max(most, residentBytes());
    }
    process.stdout.write(`resident memory grew by ${((most - before) / MIB).toFixed(1)} MiB\n`);
    expect(most - before).toBeLessThan(2 * LIMIT);
  });

  it('HOS-02 refuses what is made to be costly to read, on both sides of the door, and says how costly it was', async () => {
    const line = 'POST /api/v1/events HTTP/1.1\r\nHost: x\r\n';
    const millions = `[${'0,'.repeat(4_900_000)}0]`;
    const digits = '1'.repeat(9 * MIB);
    const bodies: readonly (readonly [string, string])[] = [
      ['five million elements', millions],
      ['five million elements as events', `{"events":${millions.slice(0, 9 * MIB)}0]}`],
      ['ten million elements', `[${'0,'.repeat(9_999_999)}0]`],
      ['a million keys', `{${Array.from({ length: 1_000_000 }, (_, at) => `"k${at}":1`).join(',')}}`],
      ['700,000 keys', KEYS],
      ['100,000 levels', DEEP],
      ['100,000 levels of objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
      ['a 9 MiB number', digits],
      ['a 9 MiB number as a field', `{"events":[],"a":${digits}}`],
      ['a 10 MiB string', `"${'x'.repeat(10 * MIB)}"`],
      ['a 9 MiB key', `{"${'x'.repeat(9 * MIB)}":1}`],
      ['a million escapes', `"${'\\u0041'.repeat(1_500_000)}"`],
      ['-0', '-0'],
      ['1e400', '{"events":1e400}'],
      ['NaN', '{"events":NaN}'],
      ['BOM alone', '\ufeff'],
      ['lone surrogates', '{"\\ud800":"\\udfff"}'],
      ['a deep array with a wrong end', `${'['.repeat(100_000)}}`],
    ];
    const costs: string[] = [];
    for (const [name, body] of bodies) {
      for (const [side, send] of [
        ['ingest', ingest],
        ['control', control],
      ] as const) {
        const cost = await cpuOf(async () => expectProblem(await send(body), [400, 413, 422]));
        costs.push(`${name} (${side}) ${cost} ms`);
        expect([name, side, cost <= MOST_CPU_MS]).toEqual([name, side, true]);
      }
    }
    process.stdout.write(`CPU: ${costs.join(', ')}\n`);
    const key = `X-API-Key: ${app.apiKey('acme-corp', 'collector')}\r\nContent-Type: application/x-ndjson\r\n`;
    const longer = await exchange(
      app.baseUrl,
      `${line}${key}Content-Length: 2\r\nConnection: close\r\n\r\n[]GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n`,
    );
    expect(longer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
    const shorter = await exchange(app.baseUrl, `${line}${key}Content-Length: 20\r\n\r\n{}`);
    expect(shorter).toBe('');
  });

  it('HOS-02 refuses a name that stands twice in an object, where a body is a command', async () => {
    for (const body of [
      '{"tenant_id":"initech","name":"x","name":"y"}',
      '{"tenant_id":"initech","name":"x","rate_limits":{"ingest_eps":1,"ingest_eps":2,"alerts_per_min":1}}',
      '{"tenant_id":"initech","\\u006eame":"x","name":"y"}',
      '{"tenant_id":"initech","name":"x","critical_entities":[{"a":1,"a":2}]}',
    ]) {
      const answer = await control(body);
      expectProblem(answer, [400]);
      expect(JSON.parse(answer.body).errors).toEqual([expect.objectContaining({ code: 'duplicate_field' })]);
    }
  });

  it('R15 refuses a cut-off gzip, and a body beyond the limit, with or without its length', async () => {
    const whole = gzipSync(JSON.stringify({ events: [{ a: 1 }] }));
    for (const cut of [0, 1, 9, whole.length - 9, whole.length - 1]) {
      expectProblem(await ingest(whole.subarray(0, cut), { 'Content-Encoding': 'gzip' }), [400]);
    }
    const head = `POST /api/v1/events HTTP/1.1\r\nHost: x\r\nX-API-Key: ${app.apiKey('acme-corp', 'collector')}\r\nContent-Type: application/x-ndjson\r\n`;
    const claimed = await exchange(app.baseUrl, `${head}Content-Length: 99999999999\r\n\r\n{}`);
    expect(claimed).toMatch(/^HTTP\/1\.1 413 /);
    const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`;
    const endless = await exchange(app.baseUrl, `${head}Transfer-Encoding: chunked\r\n\r\n`, ...Array.from({ length: 400 }, () => chunk));
    expect(endless).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('R15 refuses JSON that is too deep, too wide, too long or no JSON, and serves on', async () => {
    const long = `"${'x'.repeat(9 * MIB)}"`;
    const bodies = [DEEP, `{"events":${DEEP}}`, KEYS, `{"events":[],"a":${long}}`, long, '1e400', 'NaN', '', '\u0000', '{"events":[{}]'];
    for (const body of bodies) expectProblem(await ingest(body), [400, 413, 422]);
    const names = [
      '{"tenant_id":"x","name":NaN}',
      `{"tenant_id":"initech","name":"x","rate_limits":{"ingest_eps":1e400,"alerts_per_min":1}}`,
    ];
    const controlled = [
      ...names,
      DEEP.slice(0, 1_000),
      `{"a":${DEEP}}`,
      `{"name":${'['.repeat(60_000)}`,
      KEYS,
      long,
      '\ufeff',
      'null',
      '"\\ud800"',
    ];
    for (const body of controlled) expectProblem(await control(body), [400, 413, 422]);
    const spoiled = [
      `{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}`,
      '{"a":NaN}',
      `{"a":"${'x'.repeat(300 * 1024)}"}`,
      '[1]',
      '1',
      'null',
      '{"a":"\u0000"}',
    ];
    for (const line of spoiled) {
      const [first, last] = good(2);
      expectTaken(await lines([first, line, last].join('\n')), 2, [1]);
    }
  });

  it('R15 takes odd but well-formed events as they are, and finds them again byte for byte', async () => {
    const odd = [
      '{"a":1,"a":2,"message":"twice"}',
      '{"message":"\\ud800"}',
      '{"message":"-0","n":-0,"big":1e400}',
      '{"__proto__":{"polluted":1},"message":"proto"}',
    ];
    for (const line of odd) {
      const answer = await lines(`${line}\r\n${good().join('')}\r\n`);
      expectTaken(answer, 2, []);
      const { batch_id: batch } = JSON.parse(answer.body) as { batch_id: string };
      const token = await app.token('acme-corp', 'viewer');
      const found = await sendRaw(app.baseUrl, {
        method: 'GET',
        path: `/api/v1/events/${batch}.0`,
        headers: { Authorization: `Bearer ${token}` },
      });
      expect((JSON.parse(found.body) as { raw: string }).raw).toBe(line);
      expect(found.body).not.toContain('"polluted":1,');
    }
    expectTaken(await lines(`\ufeff${good(2).join('\r\n')}\r\n\r\n`), 2, []);
  });

  it('HOS-03 refuses fields that reach for prototypes, at every object of a tenant, in queries too', async () => {
    const limits = '"ingest_eps":1,"alerts_per_min":1';
    const bodies = (field: string): string[] => [
      `{"tenant_id":"initech","name":"x",${field}}`,
      `{"tenant_id":"initech","name":"x","rate_limits":{${limits},${field}}}`,
      `{"tenant_id":"initech","name":"x","features":{"advanced_ml":false,"auto_containment":false,${field}}}`,
      `{"tenant_id":"initech","name":"x","webhooks":{${field}}}`,
      `{"tenant_id":"initech","name":"x","critical_entities":[{${field}}]}`,
    ];
    for (const field of ['"__proto__":{"polluted":1}', '"constructor":{"prototype":{"polluted":1}}', '"prototype":{"polluted":1}']) {
      for (const body of bodies(field)) expectProblem(await control(body), [422]);
    }
    const query = await sendRaw(app.baseUrl, {
      method: 'GET',
      path: '/api/v1/tenants?__proto__=1&__proto__[polluted]=1&constructor=1',
      headers: { Authorization: `Bearer ${admin}` },
    });
    expect(query.status).not.toBe(500);
    const listed = await sendRaw(app.baseUrl, { method: 'GET', path: '/api/v1/tenants', headers: { Authorization: `Bearer ${admin}` } });
    expect(listed.body).not.toContain('polluted');
    expect(listed.body).not.toContain('initech');
  });

  it('HOS-06 answers a request that can be read in two ways once, with 400', async () => {
    const host = 'Host: x\r\n';
    const smuggled = 'GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n';
    const requests: [string, RegExp][] = [
      [
        `POST /api/v1/events HTTP/1.1\r\n${host}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
        /^HTTP\/1\.1 400 /,
      ],
      [`POST /api/v1/events HTTP/1.1\r\n${host}Content-Length: 0\r\nContent-Length: 5\r\n\r\n${smuggled}`, /^HTTP\/1\.1 400 /],
      [`POST /api/v1/events HTTP/1.1\r\n${host}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${smuggled}`, /^HTTP\/1\.1 400 /],
      [`POST /api/v1/events HTTP/1.1\r\n${host}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${smuggled}`, /^HTTP\/1\.1 400 /],
      [`POST /api/v1/events HTTP/1.1\r\n${host}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${smuggled}`, /^HTTP\/1\.1 400 /],
      [`POST /api/v1/events HTTP/1.1\r\n${host}Content-Length: +4\r\n\r\nabcd${smuggled}`, /^HTTP\/1\.1 400 /],
      [
        `POST /api/v1/events HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${smuggled}`,
        /^HTTP\/1\.1 400 /,
      ],
      [`POST /api/v1/events HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n${smuggled}`, /^HTTP\/1\.1 400 /],
      [`POST /api/v1/events HTTP/1.1\r\n${host}Content-Length: 4, 4\r\n\r\nabcd${smuggled}`, /^HTTP\/1\.1 400 /],
      [`POST /api/v1/events HTTP/1.1\r\n${host}Content-Length: -1\r\n\r\n${smuggled}`, /^HTTP\/1\.1 400 /],
      [`GET /health/live HTTP/1.1\r\nHost : x\r\n\r\n`, /^HTTP\/1\.1 400 /],
      [`GET /health/live HTTP/1.1\r\n${host}X-A: b\r\n folded\r\n\r\n`, /^HTTP\/1\.1 400 /],
      [`GET /health/live HTTP/1.1\nHost: x\n\n`, /^HTTP\/1\.1 400 /],
      [`GET /health/live HTTP/1.1\r\n\r\n`, /^HTTP\/1\.1 400 /],
      [`GET /health/live\r\n\r\n`, /^HTTP\/1\.1 400 /],
      [`GET /health/live HTTP/1.1\r\n${host}X-A: a\u0000b\r\n\r\n`, /^HTTP\/1\.1 400 /],
      [`TRACE /health/live HTTP/1.1\r\n${host}\r\n`, /^HTTP\/1\.1 405 /],
      [`GET /health/live HTTP/1.1\r\n${host}X-A: ${'a'.repeat(20_000)}\r\n\r\n`, /^HTTP\/1\.1 431 /],
    ];
    for (const [request, expected] of requests) {
      const answer = await exchange(app.baseUrl, request);
      expect([request.slice(0, 120), answer.split('\r\n')[0], answer.match(/HTTP\/1\.1 \d/g)?.length]).toEqual([
        request.slice(0, 120),
        expect.stringMatching(expected),
        1,
      ]);
    }
    const expecting = await exchange(
      app.baseUrl,
      `GET /health/live HTTP/1.1\r\n${host}Expect: the-impossible\r\nConnection: close\r\n\r\n`,
    );
    expect(expecting).toMatch(/^HTTP\/1\.1 200 [\s\S]*X-Correlation-ID/i);
    const absolute = await exchange(app.baseUrl, `GET http://evil.example/api/v1/alerts HTTP/1.1\r\n${host}Connection: close\r\n\r\n`);
    expect(absolute).toMatch(/^HTTP\/1\.1 (?:400|401|404|405) /);
  });

  it('HOS-07 writes one JSON object a line, whatever requests hold', async () => {
    const nasty = ['\x1b[31mred', 'a\u2028b', '"}\n{"level":"error"', '%s%n%x', 'x'.repeat(4_000)];
    for (const text of nasty) {
      const printable = Buffer.from(text)
        .toString('latin1')
        .replace(/[^\t\x20-\x7e\x80-\xff]/g, '?');
      const headers = {
        'X-Correlation-ID': printable,
        'X-Tenant-ID': printable,
        'User-Agent': printable,
        Authorization: `Bearer ${printable}`,
      };
      await sendRaw(app.baseUrl, {
        method: 'GET',
        path: `/api/v1/alerts/${encodeURIComponent(text)}?q=${encodeURIComponent(text)}`,
        headers,
      });
      await lines(JSON.stringify({ message: text, host: text, [text]: text, source: text }));
      await control(JSON.stringify({ tenant_id: text, name: text, [text]: text }));
    }
    const records = app.printed.map((line) => JSON.parse(line) as { level: string });
    expect(records.length).toBeGreaterThan(0);
    expect(records.filter(({ level }) => level === 'error')).toEqual([]);
    expect(app.printed.filter((line) => line.length > 16_000)).toEqual([]);
    for (const secret of [app.apiKey('acme-corp', 'collector'), app.apiKey('platform'), admin])
      expect(app.printed.join('\n')).not.toContain(secret);
  });

  it('R15 refuses credentials in the URL and writes them nowhere', async () => {
    const key = app.apiKey('acme-corp', 'viewer');
    const queries = [`api_key=${key}`, `Token=${key}`, 'access_token=x', 'X-API-Key=x', 'password=x', `q=${key}`, `q=${admin}`];
    for (const query of queries) {
      const answer = await sendRaw(app.baseUrl, {
        method: 'GET',
        path: `/api/v1/alerts?${query}`,
        headers: { Authorization: `Bearer ${admin}` },
      });
      expectProblem(answer, [400]);
      expect(JSON.parse(answer.body)).toMatchObject({ type: '/problems/credential-in-url' });
      expect(answer.body).not.toContain(key);
    }
    expect(app.printed.join('\n')).not.toContain(key);
  });

  it('serves on and has every good event', async () => {
    expect((await fetch(`${app.baseUrl}/health/ready`)).status).toBe(200);
    const token = await app.token('acme-corp', 'viewer');
    const found = new Set<string>();
    for (let cursor: string | null = ''; cursor !== null;) {
      const path = `/api/v1/events?q=good%20line&limit=500${cursor === '' ? '' : `&cursor=${cursor}`}`;
      const answer = await fetch(app.baseUrl + path, { headers: { Authorization: `Bearer ${token}` } });
      const page = (await answer.json()) as { items: { event_id: string }[]; next_cursor: string | null };
      for (const item of page.items) found.add(item.event_id);
      cursor = page.next_cursor;
    }
    expect(found.size).toBe(sent);
  });
});

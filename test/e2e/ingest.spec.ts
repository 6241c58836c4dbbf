import { request as httpRequest } from 'node:http';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp, type RunningApp } from '../support/running-app.js';

const TENANT = 'acme-corp';
const RULE = `title: Marked event
id: 6f5f1a52-2f0e-4a55-9d6b-0d9f6f0c2a11
status: test
author: tests
logsource: { category: marked }
detection: { selection: { marker: 'rule-me' }, condition: selection }
level: high
`;

describe('POST /api/v1/events', () => {
  let app: RunningApp;
  let rulesDir: string;
  let analyst: string;
  beforeAll(async () => {
    rulesDir = mkdtempSync(join(tmpdir(), 'gatra-rules-'));
    writeFileSync(join(rulesDir, 'marked.yml'), RULE.replace('logsource: { category: marked }', 'logsource: { product: windows }'));
    app = await startApp({ env: { GATRA_RULES: rulesDir, INGEST_MAX_BYTES: '200000' } });
    analyst = await app.token(TENANT, 'analyst');
  });
  afterAll(async () => {
    await app.close();
    rmSync(rulesDir, { recursive: true, force: true });
  });

  const post = (tenant = TENANT, query = '') => app.http.post(`/api/v1/events${query}`).set('X-API-Key', app.apiKey(tenant, 'collector'));
  const lines = (text: string | Buffer, query = '') =>
    post(TENANT, query)
      .set('Content-Type', 'application/x-ndjson')
      .send(text as string);
  const get = (path: string) => app.http.get(path).set('Authorization', `Bearer ${analyst}`);
  const marked = (id: number): string =>
    JSON.stringify({
      EventID: 4688,
      Channel: 'Security',
      Computer: 'ws-9',
      EventRecordID: id,
      TimeCreated: '2026-03-01T10:00:00Z',
      marker: 'rule-me',
    });

  it('answers 202 for an envelope and gives every event back as it was sent', async () => {
    const sent = '{"source":"generic","events":[{"@timestamp":"2026-03-01T10:00:00.000Z", "host":"Web-1", "n": 1.0},17,{"x":"é€"}]}';
    const { body, headers } = await post().set('Content-Type', 'application/json').set('X-Correlation-ID', 'test-1').send(sent).expect(202);
    expect(body).toEqual({
      status: 'accepted',
      batch_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      tenant_id: TENANT,
      correlation_id: 'test-1',
      received: 3,
      accepted: 2,
      duplicates: 0,
      rejected: [{ index: 1, code: 'not_an_object', detail: expect.any(String) as string }],
      inspected: true,
      alerts_raised: 0,
      rate_limit_remaining: expect.any(Number) as number,
    });
    expect(headers['ratelimit']).toMatch(/^"ingest";r=\d+;t=\d+$/);
    expect(headers['x-ratelimit-remaining']).toBe(String(body.rate_limit_remaining));
    const one = await get(`/api/v1/events/${body.batch_id}.0`).expect(200);
    expect(one.body).toMatchObject({
      event_id: `${body.batch_id}.0`,
      tenant_id: TENANT,
      raw: '{"@timestamp":"2026-03-01T10:00:00.000Z", "host":"Web-1", "n": 1.0}',
      original: { host: 'Web-1', n: 1 },
      normalized: { host: 'Web-1', format: 'generic' },
      rules: [],
    });
    await get(`/api/v1/events/${body.batch_id}.1`).expect(404);
    expect((await get(`/api/v1/events/${body.batch_id}.2`).expect(200)).body.raw).toBe('{"x":"é€"}');
  });

  it.each([
    ['gzip', (text: string) => gzipSync(text)],
    ['zstd', (text: string) => zstdCompressSync(text)],
    ['zstd', (text: string) => Buffer.concat([zstdCompressSync(text.slice(0, 5)), zstdCompressSync(text.slice(5))])],
  ])('takes lines compressed with %s', async (encoding, compress) => {
    const { body } = await post()
      .set('Content-Type', 'application/jsonl')
      .set('Content-Encoding', encoding)
      .serialize((bytes: unknown) => bytes as string)
      .send(compress('{"a":1}\r\n\n{"a":2}\n{broken') as unknown as object)
      .expect(202);
    expect(body).toMatchObject({ received: 3, accepted: 2, rejected: [{ index: 2, code: 'malformed_json' }] });
  });

  it('inspects, says which rules matched, and finds by rule, host and text', async () => {
    const { body } = await lines(
      `${marked(1)}\n{"EventID":1,"Channel":"Security","Computer":"ws-8","EventRecordID":1,"note":"Needle é"}`,
    ).expect(202);
    expect(body).toMatchObject({ inspected: true, alerts_raised: 1 });
    const rule = '6f5f1a52-2f0e-4a55-9d6b-0d9f6f0c2a11';
    expect((await get(`/api/v1/events/${body.batch_id}.0`).expect(200)).body.rules).toEqual([rule]);
    for (const [query, index] of [
      [`rule_id=${rule}`, 0],
      ['host=WS-8', 1],
      ['q=needle', 1],
    ] as const) {
      const page = (await get(`/api/v1/events?${query}`).expect(200)).body;
      expect(page.items.map(({ event_id }: { event_id: string }) => event_id)).toEqual([`${body.batch_id}.${index}`]);
      expect(page).toMatchObject({ next_cursor: null, remaining: { chunks: 0 } });
      expect(page.scanned.chunks).toBeGreaterThan(0);
    }
    const other = await app.token('globex', 'analyst');
    const foreign = await app.http.get(`/api/v1/events/${body.batch_id}.0`).set('Authorization', `Bearer ${other}`).expect(404);
    const missing = await app.http.get('/api/v1/events/nonsense').set('Authorization', `Bearer ${other}`).expect(404);
    expect({ ...foreign.body, instance: '', correlation_id: '' }).toEqual({ ...missing.body, instance: '', correlation_id: '' });
  });

  it('pages through a search without losing or repeating an event', async () => {
    const sent = Array.from({ length: 23 }, (_, n) => JSON.stringify({ pager: n, host: 'pager' }));
    for (const part of [sent.slice(0, 9), sent.slice(9, 10), sent.slice(10)]) await lines(part.join('\n')).expect(202);
    const found: number[] = [];
    let cursor = '';
    do {
      const { body } = await get(`/api/v1/events?host=pager&limit=4${cursor}`).expect(200);
      for (const { event_id } of body.items) found.push((await get(`/api/v1/events/${event_id}`)).body.original.pager);
      cursor = body.next_cursor === null ? '' : `&cursor=${body.next_cursor}`;
    } while (cursor !== '');
    expect(found).toEqual(sent.map((_, n) => 22 - n));
    await get('/api/v1/events?cursor=nonsense').expect(400);
  });

  it('counts an event that its source has sent before as a duplicate', async () => {
    expect((await lines(`${marked(77)}\n${marked(77)}\n${marked(78)}`).expect(202)).body).toMatchObject({
      received: 3,
      accepted: 2,
      duplicates: 1,
    });
    expect((await lines(marked(78)).expect(202)).body).toMatchObject({ accepted: 0, duplicates: 1, alerts_raised: 0 });
    const same = '{"no":"identity"}';
    expect((await lines(`${same}\n${same}`).expect(202)).body).toMatchObject({ accepted: 2, duplicates: 0 });
  });

  it('answers a repeated request with the same key as it answered the first', async () => {
    const send = (text: string) => lines(text).set('Idempotency-Key', 'key-1');
    const first = await send(marked(500)).expect(202);
    const again = await send(marked(500)).expect(202);
    expect(again.body).toEqual(first.body);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect((await send(marked(501)).expect(422)).body.type).toBe('/problems/idempotency-key-reused');
    const elsewhere = await post('globex')
      .set('Content-Type', 'application/x-ndjson')
      .set('Idempotency-Key', 'key-1')
      .send('{"a":1}')
      .expect(202);
    expect(elsewhere.headers['idempotency-replayed']).toBeUndefined();
    await lines('{"a":1}').set('Idempotency-Key', 'x'.repeat(129)).expect(422);
  });

  it('stores 100 parallel requests with the same key once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => lines('{"parallel":true,"host":"parallel"}').set('Idempotency-Key', 'parallel')),
    );
    const accepted = answers.filter(({ status }) => status === 202);
    expect(accepted.length).toBeGreaterThan(0);
    expect(new Set(accepted.map(({ body }) => body.batch_id)).size).toBe(1);
    expect(accepted.filter(({ headers }) => headers['idempotency-replayed'] === undefined)).toHaveLength(1);
    expect(new Set(answers.filter(({ status }) => status !== 202).map(({ body }) => body.type))).toEqual(
      accepted.length === 100 ? new Set() : new Set(['/problems/request-in-progress']),
    );
    expect((await get('/api/v1/events?host=parallel').expect(200)).body.items).toHaveLength(1);
  });

  it.each([
    ['not JSON', 400, 'application/json', '{"events":[', 'malformed-request'],
    ['an unknown field', 422, 'application/json', '{"events":[{"a":1}],"extra":1}', 'invalid'],
    ['no events', 422, 'application/json', '{"events":[]}', 'invalid'],
    ['no lines', 422, 'application/x-ndjson', '\n \n', 'invalid'],
    ['an unknown source', 422, 'application/json', '{"source":"nope","events":[{"a":1}]}', 'invalid'],
    ['an array', 422, 'application/json', '[{"a":1}]', 'invalid'],
    ['another media type', 415, 'text/plain', '{"a":1}', 'unsupported-media-type'],
    ['too many events', 413, 'application/x-ndjson', '{"a":1}\n'.repeat(5_001), 'too-large'],
    ['too many bytes', 413, 'application/x-ndjson', `{"a":"${'x'.repeat(200_000)}"}`, 'too-large'],
  ])('R15 refuses %s with %i', async (_, status, type, text, problem) => {
    const { body, headers } = await post().set('Content-Type', type).send(text).expect(status);
    expect(body.type).toBe(`/problems/${problem}`);
    expect(headers['content-type']).toContain('application/problem+json');
  });

  it('refuses an unknown source of lines, an unknown encoding, and damaged or exploding compression', async () => {
    await lines('{"a":1}', '?source=nope').expect(422);
    await lines('{"a":1}').set('Content-Encoding', 'br').expect(415);
    const compressed = gzipSync('{"a":1}\n'.repeat(1_000));
    const sendBytes = (bytes: Buffer, encoding: string) =>
      post()
        .set('Content-Type', 'application/x-ndjson')
        .set('Content-Encoding', encoding)
        .serialize((value: unknown) => value as string)
        .send(bytes as unknown as object);
    await sendBytes(compressed.subarray(0, compressed.length - 9), 'gzip').expect(400);
    await sendBytes(Buffer.from('hello'), 'gzip').expect(400);
    await sendBytes(Buffer.concat([zstdCompressSync('{"a":1}'), Buffer.from('rest')]), 'zstd').expect(400);
    for (const [bomb, encoding] of [
      [gzipSync(Buffer.alloc(50_000_000)), 'gzip'],
      [zstdCompressSync(Buffer.alloc(50_000_000)), 'zstd'],
    ] as const) {
      await sendBytes(bomb, encoding).expect(413);
    }
  });

  it('refuses at once what declares too many bytes', async () => {
    const answer = await new Promise<number>((resolve, reject) => {
      const request = httpRequest(`${app.baseUrl}/api/v1/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-ndjson', 'content-length': 10_000_000_000, 'x-api-key': app.apiKey(TENANT, 'collector') },
      });
      request.on('response', (response) => {
        resolve(response.statusCode ?? 0);
        request.destroy();
      });
      request.on('error', reject);
      request.flushHeaders();
    });
    expect(answer).toBe(413);
  });

  it('asks for a credential before it reads anything', async () => {
    await app.http.post('/api/v1/events').set('Content-Type', 'text/plain').send('x').expect(401);
    await app.http.post('/api/v1/events').set('X-API-Key', app.apiKey(TENANT, 'viewer')).send({ events: [] }).expect(403);
  });

  it('R25 R26 R27 limits a tenant by events, charges nothing for what it refuses, and accounts for it', async () => {
    const send = (count: number) => post('globex').set('Content-Type', 'application/x-ndjson').send('{"a":1}\n'.repeat(count));
    const viewer = await app.token('globex', 'viewer');
    const status = () => app.http.get('/api/v1/rate-limit/status?tenant_id=globex').set('Authorization', `Bearer ${viewer}`).expect(200);
    const before = (await status()).body.limits[0];
    expect(before).toMatchObject({ policy: 'ingest', rate: 500, burst: 5_000 });
    let refused = await send(5_000);
    while (refused.status === 202) refused = await send(5_000);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused.body.type).toBe('/problems/rate-limited');
    expect((await status()).body.limits[0].remaining).toBeLessThan(5_000);
    await app.http.get('/api/v1/rate-limit/status?tenant_id=acme-corp').set('Authorization', `Bearer ${viewer}`).expect(404);
    const { body } = await app.http.get('/api/v1/accounting').set('Authorization', `Bearer ${viewer}`).expect(200);
    expect(body.remainder).toBe(0);
    expect(body.hours.at(-1).shed.rate_limited).toBe(5_000);
  });

  it('trap.P19-cost-over-capacity-is-413', async () => {
    const admin = await app.token('platform');
    const small = { tenant_id: 'small-bucket', name: 'Small', rate_limits: { ingest_eps: 1, ingest_burst: 10, alerts_per_min: 10 } };
    await app.http.post('/api/v1/tenants').set('Authorization', `Bearer ${admin}`).send(small).expect(201);
    const key = await app.http
      .post('/api/v1/tenants/small-bucket/api-keys')
      .set('Authorization', `Bearer ${admin}`)
      .send({ principal: 'forwarder', roles: ['collector'] })
      .expect(201);
    const send = (count: number) =>
      app.http
        .post('/api/v1/events')
        .set('X-API-Key', key.body.api_key)
        .set('Content-Type', 'application/x-ndjson')
        .send('{"a":1}\n'.repeat(count));
    expect((await send(11).expect(413)).body.type).toBe('/problems/too-large');
    await send(10).expect(202);
    const refused = await send(5).expect(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(4);
  });

  it('accounts for everything that this test has sent', async () => {
    const { body } = await get('/api/v1/accounting').expect(200);
    expect(body.remainder).toBe(0);
    const [hour] = body.hours.slice(-1);
    expect(hour.received).toBeGreaterThan(0);
    expect(hour.rejected.malformed_json).toBeGreaterThan(0);
    await get('/api/v1/accounting?from=2026-01-01T00:00:00Z&to=2026-03-01T00:00:00Z').expect(422);
  });
});

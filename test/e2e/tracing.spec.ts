import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { generateDay } from '../../src/cli/demo/generator/generate-day.js';
import { toTenantId } from '../../src/contracts/tenant.js';
import { Metrics } from '../../src/platform/observability/metrics.js';
import { TenantDatabases } from '../../src/platform/storage/tenant-databases.js';
import { enqueueWork } from '../../src/platform/work-queue/enqueue-work.js';
import { WorkHandler, type WorkItem } from '../../src/platform/work-queue/work-item.js';
import { WorkRunner } from '../../src/platform/work-queue/work-runner.js';
import type { WorkTables } from '../../src/platform/work-queue/work-tables.js';
import type { TenantId } from '../../src/contracts/tenant.js';
import { eventually } from '../support/eventually.js';
import { startApp, type RunningApp } from '../support/running-app.js';
import { SpanCollector, type CollectedSpan } from '../support/span-collector.js';

const ACME = toTenantId('acme-corp');
const PARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const FOREIGN_TRACE = '0af7651916cd43dd8448eb211c80319c';

interface Delivery {
  readonly headers: IncomingHttpHeaders;
  readonly status: number;
}

/** Fails as long as it is told to. */
class StubbornHandler extends WorkHandler {
  readonly kind = 'stubborn';
  fails = true;
  readonly seen: WorkItem[] = [];

  async handle(_tenant: TenantId, items: readonly WorkItem[]): Promise<void> {
    this.seen.push(...items);
    if (this.fails) throw new Error('canary-7f3a of somebody@example.com');
  }
}

describe('traces', () => {
  let collector: SpanCollector;
  let app: RunningApp;
  const deliveries: Delivery[] = [];
  let failures = 0;
  const receiver = createServer((request, response) => {
    const status = failures > 0 ? 503 : 200;
    if (failures > 0) failures -= 1;
    deliveries.push({ headers: request.headers, status });
    request.resume();
    response.writeHead(status).end();
  });

  beforeAll(async () => {
    collector = await SpanCollector.start();
    await new Promise<void>((listening) => receiver.listen(0, '127.0.0.1', listening));
    app = await startApp({ env: { ...collector.env, OUTBOUND_ALLOW: '127.0.0.1' } });
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/secret-path-5c1d`;
    const admin = await app.token('platform');
    const tenant = app.http.get('/api/v1/tenants/acme-corp').set('Authorization', `Bearer ${admin}`);
    const { etag = '' } = (await tenant.expect(200)).headers;
    await app.http
      .patch('/api/v1/tenants/acme-corp')
      .set({ Authorization: `Bearer ${admin}`, ...(etag ? { 'If-Match': etag } : {}) })
      .send({ webhooks: { notify_url: url, ticket_url: url, actuator_url: url } })
      .expect(200);
  });
  afterAll(async () => {
    await app.close();
    await collector.close();
    await new Promise((closed) => receiver.close(closed));
  });

  const as = async (role: string): Promise<Record<string, string>> => ({ Authorization: `Bearer ${await app.token('acme-corp', role)}` });
  const traceOf = (headers: IncomingHttpHeaders): string => String(headers['traceparent']).split('-')[1] ?? '';
  const names = (spans: readonly CollectedSpan[]): Set<string> => new Set(spans.map(({ name }) => name));

  /** Sends the attack of a day, a request a source. */
  async function attack(seed: number): Promise<void> {
    const events = [...generateDay({ seed, day: new Date('2026-11-20'), backgroundEvents: 100 })].filter(({ label }) => label.attack);
    for (const source of new Set(events.map((event) => event.source))) {
      const batch = events.filter((event) => event.source === source).map(({ event }) => event);
      await app.http
        .post('/api/v1/events')
        .set({ 'X-API-Key': app.apiKey('acme-corp', 'collector'), 'X-Correlation-ID': `attack-${seed}` })
        .send({ source, events: batch })
        .expect(202);
    }
  }

  /** A trace in which everything hangs together: one root, and no span whose parent is not there. */
  function expectTree(spans: readonly CollectedSpan[]): void {
    const ids = new Set(spans.map(({ spanId }) => spanId));
    expect(spans.filter(({ parentSpanId }) => parentSpanId === undefined).map(({ name }) => name)).toEqual(['POST /api/v1/events']);
    expect(spans.filter(({ parentSpanId }) => parentSpanId !== undefined && !ids.has(parentSpanId))).toEqual([]);
  }

  it('OPS-11 R33 one trace shows an event’s way from the request to the actuator, through worker thread, queue and retries', async () => {
    failures = 1;
    await attack(3);
    const whole = ['pipeline ingest', 'pipeline read', 'pipeline detect', 'pipeline append', 'alerts raise', 'sqlite transaction'].concat(
      ['work triage', 'triage assess', 'cases build', 'work respond', 'containment plan'],
      ['work containment.execute', 'containment attempt', 'actuator execute', 'POST'],
    );
    let trace: readonly CollectedSpan[] = [];
    await eventually(() => {
      const [first] = deliveries;
      expect(deliveries.length).toBeGreaterThan(1);
      expect(deliveries.some(({ status }) => status === 503)).toBe(true);
      trace = collector.trace(traceOf(first?.headers ?? {}));
      expect([...names(trace)]).toEqual(expect.arrayContaining(['POST /api/v1/events', ...whole]));
      expectTree(trace);
    }, 20_000);
    const roots = new Set(collector.named('POST /api/v1/events').map(({ traceId }) => traceId));
    for (const { headers } of deliveries) expect(roots.has(traceOf(headers))).toBe(true);
    const [request] = trace.filter(({ name }) => name === 'POST /api/v1/events');
    expect(request?.attributes).toMatchObject({
      'http.request.method': 'POST',
      'http.route': '/api/v1/events',
      'http.response.status_code': 202,
      'gatra.tenant_id': 'acme-corp',
      'gatra.correlation_id': 'attack-3',
    });
    const calls = collector.spans.filter(({ name }) => name === 'POST');
    expect(calls.map(({ attributes }) => attributes['http.response.status_code'])).toEqual(expect.arrayContaining([200, 503]));
    expect(calls.some(({ attributes }) => attributes['http.request.resend_count'] === 1)).toBe(true);
  });

  it('OPS-11 R21 the tenant’s id is on every span of its requests and its work', async () => {
    await attack(5);
    await eventually(() => expect(collector.spans.filter(({ name }) => name === 'work respond').length).toBeGreaterThan(1));
    const mine = new Set(collector.named('POST /api/v1/events').map(({ traceId }) => traceId));
    const spans = collector.spans.filter(({ traceId }) => mine.has(traceId));
    expect(spans.length).toBeGreaterThan(50);
    const owner = ({ attributes }: CollectedSpan): unknown => attributes['gatra.tenant_id'];
    expect(spans.filter((span) => owner(span) !== undefined && owner(span) !== 'acme-corp')).toEqual([]);
    // Before a request's credential is known it is nobody's: what is asked of the platform's database to know it, is too.
    expect(names(spans.filter((span) => owner(span) === undefined && span.attributes['db.namespace'] !== 'platform'))).toEqual(new Set());
  });

  it('OPS-11 what a person approves is done in the action’s trace, and the person’s request is linked to it', async () => {
    const responder = await as('responder');
    let waiting: { approval_id: string; digest: string; action_id: string } | undefined;
    await eventually(async () => {
      const list = await app.http.get('/api/v1/containment/actions?status=pending_approval&kind=block_ip').set(responder).expect(200);
      [waiting] = list.body.items;
      expect(waiting).toBeDefined();
    });
    const { approval_id: approval, digest, action_id: action } = waiting!;
    await app.http.post(`/api/v1/approvals/${approval}/approve`).set(responder).send({ comments: 'yes', digest }).expect(200);
    await eventually(() => {
      const deed = collector.named('actuator execute').find(({ attributes }) => attributes['gatra.action_id'] === action);
      const [decision] = collector.spans.filter(({ name }) => name.startsWith('POST /api/v1/approvals/'));
      expect(decision?.attributes['http.response.status_code']).toBe(200);
      expect(decision?.links).toEqual([deed?.traceId]);
      expect(decision?.traceId).not.toBe(deed?.traceId);
      expect([...names(collector.trace(deed?.traceId ?? ''))]).toContain('POST /api/v1/events');
    });
  });

  it('OPS-11 a dead letter keeps its trace, and its replay continues it', async () => {
    const runner = app.app.get(WorkRunner, { strict: false });
    const db = await app.app.get(TenantDatabases, { strict: false }).of<WorkTables>(ACME);
    const handler = new StubbornHandler();
    runner.register(handler);
    const item = { kind: 'stubborn', key: 'k', payload: {}, correlation_id: 'req-stubborn' };
    await db.transaction().execute((trx) => enqueueWork(trx, [{ ...item, traceparent: PARENT }], Date.now()));
    runner.wake(ACME);
    await eventually(() => expect(handler.seen).toHaveLength(1));
    await runner.idle(ACME);
    await db.updateTable('work_item').set({ state: 'dead' }).where('kind', '=', 'stubborn').execute();
    handler.fails = false;
    await db.transaction().execute((trx) => enqueueWork(trx, [item], Date.now()));
    await db.updateTable('work_item').set({ not_before: 0 }).where('kind', '=', 'stubborn').execute();
    runner.wake(ACME);
    await eventually(() => {
      const runs = collector.trace(FOREIGN_TRACE).filter(({ name }) => name === 'work stubborn');
      expect(runs.map(({ parentSpanId, failed }) => [parentSpanId, failed])).toEqual([
        ['b7ad6b7169203331', true],
        ['b7ad6b7169203331', false],
      ]);
    });
    expect(collector.bodies.join('')).not.toMatch(/canary-7f3a|somebody@example/);
  });

  it('OPS-11 a retried item’s spans bear the number of the attempt', async () => {
    const runner = app.app.get(WorkRunner, { strict: false });
    const db = await app.app.get(TenantDatabases, { strict: false }).of<WorkTables>(ACME);
    await db
      .transaction()
      .execute((trx) => enqueueWork(trx, [{ kind: 'failing', key: 'k', payload: {}, correlation_id: 'r' }], Date.now()));
    class Failing extends StubbornHandler {
      override readonly kind = 'failing' as 'stubborn';
    }
    const handler = new Failing();
    runner.register(handler);
    runner.wake(ACME);
    await eventually(() => expect(handler.seen).toHaveLength(1));
    handler.fails = false;
    await eventually(() => {
      const runs = collector.named('work failing');
      expect(runs.map(({ attributes, failed }) => [attributes['gatra.work.attempt'], failed])).toEqual([
        [1, true],
        [2, false],
      ]);
    });
  });

  it('OPS-11 nothing of what a request or an action holds is in a span: no path, no address, no credential', () => {
    const all = collector.bodies.join('');
    expect(all).not.toContain('secret-path-5c1d');
    expect(all).not.toContain(app.apiKey('acme-corp', 'collector').slice(-20));
    expect(all).not.toMatch(/SELECT|INSERT|select "|insert into/);
    expect(all).not.toContain('127.0.0.1');
  });

  it('AUTH-08 a trace that a caller from outside names has no effect', async () => {
    const before = collector.trace(FOREIGN_TRACE).length;
    await app.http.get('/health/live').set({ traceparent: PARENT, tracestate: 'evil=1', 'X-Correlation-ID': 'forged-1' }).expect(200);
    await eventually(() => {
      const [span] = collector.spans.filter(({ attributes }) => attributes['gatra.correlation_id'] === 'forged-1');
      expect(span).toMatchObject({ name: 'GET /health/live', parentSpanId: undefined, links: [] });
    });
    expect(collector.trace(FOREIGN_TRACE)).toHaveLength(before);
    expect(collector.bodies.join('')).not.toContain('evil=1');
  });

  it('AUTH-08 R33 the trace that a trusted proxy names is continued, and its word on keeping it is taken', async () => {
    const proxied = await startApp({ env: { ...collector.env, TRUSTED_PROXIES: '127.0.0.1' } });
    const ask = (traceparent: string, id: string) =>
      proxied.http.get('/health/live').set({ traceparent, 'X-Correlation-ID': id }).expect(200);
    await ask(PARENT, 'kept');
    await ask(`${PARENT.slice(0, -2)}00`, 'not-kept');
    await ask('00-zz-not-one-01', 'malformed');
    await proxied.close();
    const of = (id: string) => collector.spans.filter(({ attributes }) => attributes['gatra.correlation_id'] === id);
    expect(of('kept')).toMatchObject([{ traceId: FOREIGN_TRACE, parentSpanId: 'b7ad6b7169203331' }]);
    expect(of('not-kept')).toEqual([]);
    expect(of('malformed')).toMatchObject([{ parentSpanId: undefined }]);
  });

  it('OPS-11 a collector that hangs delays no request, and what finds no room is counted', async () => {
    const hanging = await SpanCollector.start();
    hanging.mode = 'hang';
    const slow = await startApp({ env: { ...hanging.env, OTEL_BSP_MAX_QUEUE_SIZE: '10' } });
    for (let n = 0; n < 50; n++) await slow.http.get('/health/live').expect(200);
    const { values } = await slow.app.get(Metrics).traceSpansDropped.get();
    const lost = values.find(({ labels }) => labels.reason === 'queue_full')?.value ?? 0;
    expect(lost).toBeGreaterThan(20);
    await slow.close();
    expect(hanging.spans).toEqual([]);
    await hanging.close();
  });
});

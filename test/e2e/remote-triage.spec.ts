import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BuiltApp } from '../support/built-app.js';
import { eventually } from '../support/eventually.js';
import { marksRule, SentBatches, sendBatch, TENANT } from '../support/sent-batches.js';

const SERVICE_API_KEY = 'Zk4#pQ8vL1xN6sD3fG5hJ7kM9bV2cX0y';
/** The circuit lets a call through again soon after the service is back. */
const SHORT = { CIRCUIT_BREAKER_SERVICE_RECOVERY_TIMEOUT: '1' };

interface ListedAlert {
  readonly correlation_id: string;
  readonly verdict: unknown;
}

/** What passed between two processes. */
interface Passed {
  readonly path: string;
  readonly asked: unknown;
  readonly answered: unknown;
}

/** Passes requests on as they are, and keeps under which correlation ids they went and came back. */
async function listenBetween(to: string, passed: Passed[]): Promise<Server> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { host: _host, connection: _connection, ...headers } = request.headers as Record<string, string>;
      const init = { method: request.method ?? '', headers, ...(parts.length > 0 ? { body: Buffer.concat(parts) } : {}) };
      fetch(to + (request.url ?? ''), init).then(
        async (answer) => {
          const answered = answer.headers.get('x-correlation-id');
          passed.push({ path: request.url ?? '', asked: request.headers['x-correlation-id'], answered });
          response.writeHead(answer.status, { 'Content-Type': answer.headers.get('content-type') ?? '' }).end(await answer.text());
        },
        () => response.destroy(),
      );
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return server;
}

describe('TAA as a service of its own', () => {
  let taa: BuiltApp;
  let app: BuiltApp;
  const sent = new SentBatches();

  const startTaa = (port: string): Promise<BuiltApp> => BuiltApp.start({ env: { SERVICE_API_KEY, GATRA_SERVICE_NAME: 'taa', PORT: port } });

  beforeAll(async () => {
    taa = await startTaa('0');
    app = await BuiltApp.start({ env: { SERVICE_API_KEY, TAA_URL: taa.baseUrl, GATRA_RULES: marksRule(), ...SHORT } });
  });
  afterAll(async () => {
    await app.stop({ atOnce: true });
    await taa.stop({ atOnce: true });
  });

  const send = async (): Promise<void> => {
    expect(await sendBatch({ baseUrl: app.baseUrl, apiKey: app.apiKey(TENANT, 'collector') }, sent.next(7))).toBe(202);
  };
  const alertsOf = async (of: BuiltApp): Promise<readonly ListedAlert[]> => {
    const headers = { Authorization: `Bearer ${await of.token(TENANT, 'analyst')}` };
    return ((await (await fetch(`${of.baseUrl}/api/v1/alerts`, { headers })).json()) as { items: ListedAlert[] }).items;
  };
  const alerts = (): Promise<readonly ListedAlert[]> => alertsOf(app);
  const metric = async (of: BuiltApp, name: RegExp): Promise<number> => {
    const headers = { Authorization: `Bearer ${await of.token('platform')}` };
    return Number(name.exec(await (await fetch(`${of.baseUrl}/metrics`, { headers })).text())?.[1] ?? 0);
  };
  const judged = (of: BuiltApp): Promise<number> =>
    metric(of, /^requests_total\{[^}]*path="\/api\/v1\/triage"[^}]*status="200"[^}]*\} (\d+)$/m);

  it('R06 judges the alerts of another process', async () => {
    await send();
    await eventually(async () => expect(await alerts()).toMatchObject([{ verdict: { classification: expect.any(String) } }]));
    expect(await judged(taa)).toBe(1);
  });

  it('R07 is asked, and answers, under the correlation id of the batch that led to the alert', async () => {
    const passed: Passed[] = [];
    const between = await listenBetween(taa.baseUrl, passed);
    const url = `http://127.0.0.1:${(between.address() as AddressInfo).port}`;
    const other = await BuiltApp.start({ env: { SERVICE_API_KEY, TAA_URL: url, GATRA_RULES: marksRule() } });
    try {
      expect(await sendBatch({ baseUrl: other.baseUrl, apiKey: other.apiKey(TENANT, 'collector') }, sent.next(7))).toBe(202);
      await eventually(async () => expect(await alertsOf(other)).toMatchObject([{ verdict: { classification: expect.any(String) } }]));
      const [{ correlation_id: id } = { correlation_id: '' }] = await alertsOf(other);
      expect(id).toMatch(/^req-/);
      expect(passed).toContainEqual({ path: '/api/v1/triage', asked: id, answered: id });
    } finally {
      await other.stop({ atOnce: true });
      between.closeAllConnections();
      between.close();
    }
  });

  it('R06 keeps what is to be judged waiting while it is away, as no attempt, and judges it once it is back', async () => {
    const { port } = new URL(taa.baseUrl);
    await taa.kill();
    await send();
    await eventually(async () =>
      expect(app.printed.filter((line) => line.includes('"event":"work.put_off"')).length).toBeGreaterThanOrEqual(2),
    );
    expect((await alerts()).map(({ verdict }) => verdict === null)).toEqual(expect.arrayContaining([true, false]));
    expect(app.printed.filter((line) => line.includes('"event":"work.retry"'))).toEqual([]);
    taa = await startTaa(port);
    await eventually(async () => expect((await alerts()).map(({ verdict }) => verdict === null)).toEqual([false, false]), 20_000);
    expect(await metric(app, /^dead_letters_total\{[^}]*\} (\d+)$/m)).toBe(0);
  });
});

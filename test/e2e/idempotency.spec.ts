import { setTimeout as sleep } from 'node:timers/promises';
import { startApp, type RunningApp } from '../support/running-app.js';

const REQUESTS = 1_000;

/** Nothing, where the connection was closed by the other side; every other failure is one. */
function resetOf(error: unknown): undefined {
  const { cause } = error as { cause?: { code?: string } };
  if (cause?.code !== 'ECONNRESET') throw error;
}

interface Answered {
  readonly status: number;
  readonly text: string;
  readonly replayed: boolean;
}

describe('idempotency keys', () => {
  let app: RunningApp;
  const tokens = new Map<string, string>();
  beforeAll(async () => {
    const many = {
      THROTTLE_ADDRESS_PER_MINUTE: '60000000',
      THROTTLE_CREDENTIAL_PER_MINUTE: '60000000',
      MAX_CONNECTIONS_PER_ADDRESS: '5000',
    };
    app = await startApp({ env: many });
    for (const tenant of ['acme-corp', 'globex']) tokens.set(tenant, await app.token(tenant, 'analyst'));
  });
  afterAll(() => app.close());

  const send = async (path: string, key: string, body: string, tenant = 'acme-corp'): Promise<Answered> => {
    const headers = { Authorization: `Bearer ${tokens.get(tenant)}`, 'Content-Type': 'application/json', 'Idempotency-Key': key };
    const answer = await fetch(app.baseUrl + path, { method: 'POST', headers, body });
    return { status: answer.status, text: await answer.text(), replayed: answer.headers.get('idempotency-replayed') === 'true' };
  };
  /** Until it is answered for good: what is running already, too much at once, or cut off on its way, is sent again. */
  const insist = async (path: string, key: string, body: string, seen: Set<number>): Promise<Answered> => {
    for (;;) {
      const answer = await send(path, key, body).catch((error: unknown) => resetOf(error));
      if (answer !== undefined) seen.add(answer.status);
      if (answer !== undefined && ![409, 429, 503].includes(answer.status)) return answer;
      await sleep(100 + Math.random() * 400);
    }
  };
  const events = (marker: string): string => JSON.stringify({ source: 'generic', events: [{ host: marker }] });
  const stored = async (marker: string, tenant = 'acme-corp'): Promise<number> => {
    const headers = { Authorization: `Bearer ${tokens.get(tenant)}` };
    const answer = await fetch(`${app.baseUrl}/api/v1/events?host=${marker}`, { headers });
    return ((await answer.json()) as { items: unknown[] }).items.length;
  };

  it(`DUR-11 ${REQUESTS} parallel requests of one key and body have one effect and one answer, and wait with 409 while the first runs`, async () => {
    const seen = new Set<number>();
    const answers = await Promise.all(
      Array.from({ length: REQUESTS }, () => insist('/api/v1/events', 'parallel', events('parallel'), seen)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(seen.has(409)).toBe(true);
    expect([...seen].filter((status) => ![202, 409, 429, 503].includes(status))).toEqual([]);
    expect(await stored('parallel')).toBe(1);
  }, 60_000);

  it('DUR-11 the same key with another body is refused, and has no effect', async () => {
    expect((await send('/api/v1/events', 'parallel', events('another'))).status).toBe(422);
    expect(await stored('another')).toBe(0);
  });

  it('DUR-11 the same key of another tenant is another key', async () => {
    const answer = await send('/api/v1/events', 'parallel', events('parallel'), 'globex');
    expect([answer.status, answer.replayed]).toEqual([202, false]);
    expect([await stored('parallel'), await stored('parallel', 'globex')]).toEqual([1, 1]);
  });

  it('DUR-11 holds for what people change as well', async () => {
    const filter = JSON.stringify({
      type: 'bundle',
      id: 'bundle--5d0092c5-5f74-4287-9642-33f4c354e56d',
      objects: [
        {
          type: 'indicator',
          spec_version: '2.1',
          id: 'indicator--5d0092c5-5f74-4287-9642-33f4c354e56e',
          created: '2026-01-01T00:00:00Z',
          modified: '2026-01-01T00:00:00Z',
          pattern: "[domain-name:value = 'once.example']",
          pattern_type: 'stix',
          valid_from: '2026-01-01T00:00:00Z',
        },
      ],
    });
    const seen = new Set<number>();
    const answers = await Promise.all(Array.from({ length: 100 }, () => insist('/api/v1/intel/indicators', 'bundle', filter, seen)));
    expect(answers.filter(({ status }) => status >= 400)).toEqual([]);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect((await send('/api/v1/intel/indicators', 'bundle', filter.replace('once.', 'twice.'))).status).toBe(422);
  }, 60_000);
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BuiltApp } from '../support/built-app.js';
import { eventually } from '../support/eventually.js';

const [ACME, GLOBEX] = ['acme-corp', 'globex'];
const BATCHES = 20;
const EVENTS = 500;
const SENDERS = 4;
/** The longest that a thread of events that hang may hold others up: until it is missed, and until another has taken its place. */
const LONGEST_STALL_MS = 10_000;
const NEIGHBOUR_P99_MS = 250;
const MEMORY_MIB = 192;

const RULE = `title: Marked event
id: 2f4b2a0e-70a5-4a37-9d3d-6a7c1f6b9a02
status: test
author: tests
logsource: { product: windows }
detection: { selection: { marker: 'rule-me' }, condition: selection }
level: high
`;

const REASONS = { throw: 'cannot be inspected', hang: 'hung for 3000 ms', exhaust: 'exhausted the memory of the thread' } as const;
type Harm = keyof typeof REASONS;

/** One event in a hundred is poison: one hangs, two exhaust the memory, the others throw; four more are nested too deeply to be read. */
function harmOf(batch: number, index: number): Harm | undefined {
  if (index % 100 !== 50) return undefined;
  if (batch === 0 && index === 50) return 'hang';
  if ((batch === 0 && index === 350) || (batch === 14 && index === 350)) return 'exhaust';
  return 'throw';
}

function eventOf(batch: number, index: number): string {
  if (index === 499 && batch % 5 === 0) return `{"deep":${'['.repeat(10_000)}${']'.repeat(10_000)}}`;
  const harm = harmOf(batch, index);
  const marker = index === 7 && batch < 5 ? ',"marker":"rule-me"' : '';
  return `{"EventID":1, "Computer":"ws-${batch}-${index}"${marker}${harm ? `,\t"harm":"${harm}"` : ''}}`;
}

interface Sent {
  readonly at: number;
  readonly ms: number;
  readonly status: number;
}

interface DeadLetter {
  readonly key: string;
  readonly reason: string;
  readonly attempts: number;
}

describe('events that take the thread of their inspection down', () => {
  let app: BuiltApp;
  let rules: string;
  beforeAll(async () => {
    rules = mkdtempSync(join(tmpdir(), 'gatra-rules-'));
    writeFileSync(join(rules, 'marked.yml'), RULE);
    const preload = resolve('test/support/harmed-detection.mjs');
    app = await BuiltApp.start({
      env: { GATRA_RULES: rules, NODE_OPTIONS: `--import=${preload} --max-old-space-size=${MEMORY_MIB}` },
    });
  });
  afterAll(async () => {
    await app.stop();
    rmSync(rules, { recursive: true, force: true });
  });

  const post = (tenant: string, lines: string, key?: string): Promise<Response> =>
    fetch(`${app.baseUrl}/api/v1/events?source=windows`, {
      method: 'POST',
      headers: {
        'X-API-Key': app.apiKey(tenant, 'collector'),
        'Content-Type': 'application/x-ndjson',
        ...(key ? { 'Idempotency-Key': key } : {}),
      },
      body: lines,
    });

  /** Sends a batch as a collector does, until it is acknowledged; answers its id. */
  const deliver = async (batch: number): Promise<string> => {
    const lines = Array.from({ length: EVENTS }, (_, index) => eventOf(batch, index)).join('\n');
    for (;;) {
      const answer = await post(ACME, lines, batch % 2 === 0 ? `poison-${batch}` : undefined);
      const body = (await answer.json()) as { batch_id: string; received: number; accepted: number; rejected: { code: string }[] };
      if (answer.status === 202) {
        const deep = batch % 5 === 0 ? 1 : 0;
        expect(body).toMatchObject({ received: EVENTS, accepted: EVENTS - deep });
        expect(body.rejected).toHaveLength(deep);
        return body.batch_id;
      }
      expect([answer.status, Number(answer.headers.get('retry-after')) >= 1]).toEqual([503, true]);
      await sleep(Number(answer.headers.get('retry-after')) * 1_000);
    }
  };

  const deadLetters = async (): Promise<DeadLetter[]> => {
    const operator = { Authorization: `Bearer ${await app.token('platform')}` };
    const found: DeadLetter[] = [];
    for (let cursor = ''; ;) {
      const answer = await fetch(`${app.baseUrl}/admin/dead-letters?kind=inspect&limit=100${cursor}`, { headers: operator });
      const page = (await answer.json()) as { items: DeadLetter[]; next_cursor: string | null };
      found.push(...page.items);
      if (page.next_cursor === null) return found;
      cursor = `&cursor=${encodeURIComponent(page.next_cursor)}`;
    }
  };

  it('DUR-09 become dead letters, all others are done, and a tenant of the same thread is held up once at most', async () => {
    const neighbour: Sent[] = [];
    const over = new AbortController();
    const beside = (async () => {
      for (let count = 0; !over.signal.aborted; count += 1) {
        const at = performance.now();
        const answer = await post(GLOBEX, `{"EventID":1,"Computer":"calm-${count}"}`);
        await answer.arrayBuffer();
        neighbour.push({ at, ms: performance.now() - at, status: answer.status });
        await sleep(20);
      }
    })();
    const ids: string[] = [];
    const begun = performance.now();
    const waiting = Array.from({ length: BATCHES }, (_, batch) => batch);
    const sender = async (): Promise<void> => {
      for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) ids[batch] = await deliver(batch);
    };
    await Promise.all(Array.from({ length: SENDERS }, sender));
    const took = performance.now() - begun;
    const expected = ids.flatMap((id, batch) =>
      Array.from({ length: EVENTS }, (_, index) => {
        const harm = harmOf(batch, index);
        return harm ? [{ key: `${id}.${index}`, reason: REASONS[harm], attempts: 3 }] : [];
      }).flat(),
    );
    const byKey = (letters: readonly DeadLetter[]): DeadLetter[] => [...letters].sort((one, other) => (one.key < other.key ? -1 : 1));
    await eventually(async () => {
      const letters = (await deadLetters()).map(({ key, reason, attempts }) => ({ key, reason, attempts }));
      expect(byKey(letters)).toEqual(byKey(expected));
    }, 60_000);
    over.abort();
    await beside;

    const analyst = { Authorization: `Bearer ${await app.token(ACME ?? '', 'analyst')}` };
    for (const [batch, id] of ids.entries()) {
      const receipt = await fetch(`${app.baseUrl}/api/v1/events/batches/${id}`, { headers: analyst });
      expect(await receipt.json()).toMatchObject({ received: EVENTS, inspected: true });
      const [first] = expected.filter(({ key, reason }) => key.startsWith(id) && reason !== REASONS.throw);
      if (!first) continue;
      const event = await fetch(`${app.baseUrl}/api/v1/events/${first.key}`, { headers: analyst });
      expect(((await event.json()) as { raw: string }).raw).toBe(eventOf(batch, Number(first.key.split('.')[1])));
    }
    const alerts = await fetch(`${app.baseUrl}/api/v1/alerts?limit=500`, { headers: analyst });
    const { items } = (await alerts.json()) as { items: { evidence: string[] }[] };
    expect(items.flatMap(({ evidence }) => evidence).sort()).toEqual(
      ids
        .slice(0, 5)
        .map((id) => `${id}.7`)
        .sort(),
    );

    const disturbed = neighbour.filter(({ status, ms }) => status !== 202 || ms > 1_000);
    const stall =
      disturbed.length === 0 ? 0 : Math.max(...disturbed.map(({ at, ms }) => at + ms)) - Math.min(...disturbed.map(({ at }) => at));
    const times = neighbour.filter((sent) => !disturbed.includes(sent)).map(({ ms }) => ms);
    const p99 = times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? 0;
    process.stdout.write(
      `${BATCHES * EVENTS} events in ${(took / 1_000).toFixed(1)} s; beside them ${neighbour.length} requests: ` +
        `held up for ${(stall / 1_000).toFixed(1)} s, otherwise p99 ${p99.toFixed(1)} ms\n`,
    );
    expect(stall).toBeLessThan(LONGEST_STALL_MS);
    expect(p99).toBeLessThan(NEIGHBOUR_P99_MS);
  }, 180_000);

  it('DUR-09 exhausts the memory of the shared thread once, and is a dead letter when it is sent again', async () => {
    const send = (): Promise<Response> => post(GLOBEX ?? '', `{"EventID":1,"Computer":"calm"}\n{"EventID":1,"harm":"exhaust"}`);
    expect((await send()).status).toBe(503);
    let id = '';
    await eventually(async () => {
      const answer = await send();
      expect(answer.status).toBe(202);
      id = ((await answer.json()) as { batch_id: string }).batch_id;
    }, 30_000);
    const lost = app.printed.filter((line) => line.includes('"event":"pipeline.lost"') && line.includes('"tenant_id":"globex"'));
    expect(lost).toEqual([expect.stringContaining('ERR_WORKER_OUT_OF_MEMORY')]);
    const [letter] = (await deadLetters()).filter(({ key }) => key.startsWith(id));
    expect(letter).toMatchObject({ key: `${id}.1`, reason: REASONS.exhaust, attempts: 3 });
  }, 60_000);
});

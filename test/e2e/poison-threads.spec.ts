import { setTimeout as sleep } from 'node:timers/promises';
import type { BuiltApp } from '../support/built-app.js';
import { eventually } from '../support/eventually.js';
import { BATCHES, deliverAll, eventOf, EVENTS, harmOf, isDeep, post, REASONS, startHarmed } from '../support/poisoned-batches.js';

const ACME = 'acme-corp';
const GLOBEX = 'globex';

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
  beforeAll(async () => void (app = await startHarmed()));
  afterAll(() => app.stop());

  const linesOf = (event: string): string[] => app.printed.filter((line) => line.includes(`"event":"${event}"`));

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
        const answer = await post(app, GLOBEX, `{"EventID":1,"Computer":"calm-${count}"}`);
        await answer.arrayBuffer();
        neighbour.push({ at, ms: performance.now() - at, status: answer.status });
        await sleep(20);
      }
    })();
    const begun = performance.now();
    const taken = await deliverAll(app, ACME);
    const took = performance.now() - begun;
    for (const [batch, { received, accepted, rejected }] of taken.entries()) {
      const deep = isDeep(batch) ? [expect.objectContaining({ index: EVENTS - 1, code: 'too_deep' })] : [];
      expect({ received, accepted, rejected }).toEqual({ received: EVENTS, accepted: EVENTS - deep.length, rejected: deep });
    }
    const ids = taken.map(({ batch_id: id }) => id);
    const expected = ids.flatMap((id, batch) =>
      Array.from({ length: EVENTS }, (_, index) => {
        const harm = harmOf(batch, index);
        return harm ? [{ key: `${id}.${index}`, reason: expect.stringMatching(REASONS[harm]) as string, attempts: 3 }] : [];
      }).flat(),
    );
    const byKey = (letters: readonly DeadLetter[]): DeadLetter[] => [...letters].sort((one, other) => (one.key < other.key ? -1 : 1));
    await eventually(async () => {
      const letters = (await deadLetters()).map(({ key, reason, attempts }) => ({ key, reason, attempts }));
      expect(byKey(letters)).toEqual(byKey(expected));
    }, 60_000);
    over.abort();
    await beside;

    const analyst = { Authorization: `Bearer ${await app.token(ACME, 'analyst')}` };
    for (const [batch, id] of ids.entries()) {
      const receipt = await fetch(`${app.baseUrl}/api/v1/events/batches/${id}`, { headers: analyst });
      expect(await receipt.json()).toMatchObject({ received: EVENTS, inspected: true });
      for (const { key } of expected.filter((letter) => letter.key.startsWith(id))) {
        const event = await fetch(`${app.baseUrl}/api/v1/events/${key}`, { headers: analyst });
        expect(((await event.json()) as { raw: string }).raw).toBe(eventOf(batch, Number(key.split('.')[1])));
      }
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
    expect(neighbour.filter(({ status }) => status !== 202 && status !== 503)).toEqual([]);
    expect(linesOf('pipeline.lost').length).toBeLessThanOrEqual(1);
  }, 180_000);

  it('DUR-09 exhausts the memory of the shared thread once, and is a dead letter when it is sent again', async () => {
    const send = (): Promise<Response> => post(app, GLOBEX, `{"EventID":1,"Computer":"calm"}\n{"EventID":1,"harm":"exhaust"}`);
    expect((await send()).status).toBe(503);
    let id = '';
    await eventually(async () => {
      const answer = await send();
      expect(answer.status).toBe(202);
      id = ((await answer.json()) as { batch_id: string }).batch_id;
    }, 30_000);
    const lost = linesOf('pipeline.lost').filter((line) => line.includes('"tenant_id":"globex"'));
    expect(lost).toEqual([expect.stringContaining('ERR_WORKER_OUT_OF_MEMORY')]);
    const [letter] = (await deadLetters()).filter(({ key }) => key.startsWith(id));
    expect(letter).toMatchObject({ key: `${id}.1`, reason: expect.stringMatching(REASONS.exhaust) as string, attempts: 3 });
  }, 60_000);
});

import { mkdtempSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { BuiltApp } from '../support/built-app.js';

const TENANTS = ['acme-corp', 'globex'] as const;
const EVENTS = 300;
/** 300 of these make more than the mebibyte from which on a chunk is stored apart. */
const FILL = 'x'.repeat(4_000);
const WAYS = ['exit before', 'throw before', 'exhaust before', 'exit after', 'throw after', 'exhaust after'] as const;
const HEAP_MIB = 192;
const LONGEST_ANSWER_MS = 20_000;

describe('the thread that stores large chunks dies', () => {
  let place: string;
  let app: BuiltApp;
  const batches = new Map<string, Map<string, string>>(TENANTS.map((tenant) => [tenant, new Map()]));
  const order = (): string => join(place, 'order');

  beforeAll(async () => {
    place = mkdtempSync(join(tmpdir(), 'gatra-append-'));
    const killer = pathToFileURL(resolve('test/support/append-killer.mjs')).href;
    const NODE_OPTIONS = `--import=${killer} --max-old-space-size=${HEAP_MIB}`;
    app = await BuiltApp.start({ dataDir: join(place, 'data'), env: { NODE_OPTIONS, APPEND_KILL_FILE: order() } });
  });
  afterAll(async () => {
    await app.kill();
    rmSync(place, { recursive: true, force: true });
  });

  const send = async (tenant: string, name: string): Promise<number> => {
    const lines = Array.from({ length: EVENTS }, (_, n) => JSON.stringify({ message: `${tenant} ${name} ${n}`, fill: FILL }));
    const answer = await fetch(`${app.baseUrl}/api/v1/events?source=generic`, {
      method: 'POST',
      headers: {
        'X-API-Key': app.apiKey(tenant, 'collector'),
        'Content-Type': 'application/x-ndjson',
        'Idempotency-Key': name.replaceAll(' ', '-'),
      },
      body: lines.join('\n'),
      signal: AbortSignal.timeout(LONGEST_ANSWER_MS),
    });
    const { batch_id: batch = '' } = (await answer.json()) as { batch_id?: string };
    if (answer.status === 202) batches.get(tenant)?.set(name, batch);
    return answer.status;
  };

  it('DUR-01 whichever way and whenever it dies, callers are answered, it is replaced, and all that is acknowledged is stored once', async () => {
    const refused: Record<string, number> = {};
    for (const way of WAYS) {
      writeFileSync(order(), way);
      await Promise.all(
        TENANTS.flatMap((tenant) =>
          [1, 2].map(async (number) => {
            for (let status = 0; status !== 202;) {
              status = await send(tenant, `${way} ${number}`);
              expect([202, 503]).toContain(status);
              if (status === 503) {
                refused[way] = (refused[way] ?? 0) + 1;
                await sleep(200);
              }
            }
          }),
        ),
      );
      expect([way, existsSync(order())]).toEqual([way, false]);
    }
    expect(Object.keys(refused).sort()).toEqual([...WAYS].sort());
    expect(app.printed.filter((line) => line.includes('"event":"pipeline.lost"'))).toHaveLength(WAYS.length);
    expect(await app.stop({ keep: true })).toBe(0);

    app = await BuiltApp.start({ dataDir: app.dataDir });
    for (const tenant of TENANTS) {
      const headers = { Authorization: `Bearer ${await app.token(tenant, 'analyst')}` };
      const read = async (path: string): Promise<Record<string, unknown>> =>
        (await (await fetch(app.baseUrl + path, { headers })).json()) as Record<string, unknown>;
      for (const [name, batch] of batches.get(tenant) ?? []) {
        for (const n of [0, EVENTS - 1]) {
          expect(JSON.parse(String((await read(`/api/v1/events/${batch}.${n}`))['raw']))).toMatchObject({
            message: `${tenant} ${name} ${n}`,
          });
        }
      }
      const events = WAYS.length * 2 * EVENTS;
      expect(new Set(batches.get(tenant)?.values()).size).toBe(WAYS.length * 2);
      const { hours, remainder } = (await read('/api/v1/accounting')) as {
        hours: { received: number; stored: number }[];
        remainder: number;
      };
      const [received, stored] = [hours.reduce((sum, hour) => sum + hour.received, 0), hours.reduce((sum, hour) => sum + hour.stored, 0)];
      expect({ received, stored, remainder }).toEqual({ received: events, stored: events, remainder: 0 });
    }
  }, 120_000);
});

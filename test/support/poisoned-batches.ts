import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BuiltApp } from './built-app.js';
import { writeMarkedRule } from './marked-rule.js';

export const BATCHES = 20;
export const EVENTS = 500;
const SENDERS = 4;
const MEMORY_MIB = 192;

type Harm = 'throw' | 'hang' | 'exhaust';

/** What is said of each; what exhausts the memory of a thread has hung before where the machine is slow. */
export const REASONS: Readonly<Record<Harm, RegExp>> = {
  throw: /^cannot be inspected$/,
  hang: /^hung for 3000 ms$/,
  exhaust: /^(?:exhausted the memory of the thread|hung for 3000 ms)$/,
};

/** One event in a hundred is poison: one hangs, two exhaust the memory, the others throw; four more are nested too deeply to be read. */
export function harmOf(batch: number, index: number): Harm | undefined {
  if (index % 100 !== 50) return undefined;
  if (batch === 0 && index === 50) return 'hang';
  if ((batch === 0 && index === 350) || (batch === 14 && index === 350)) return 'exhaust';
  return 'throw';
}

/** The original of an event. */
export function eventOf(batch: number, index: number): string {
  if (index === EVENTS - 1 && isDeep(batch)) return `{"deep":${'['.repeat(10_000)}${']'.repeat(10_000)}}`;
  const harm = harmOf(batch, index);
  const marker = index === 7 && batch < 5 ? ',"marker":"rule-me"' : '';
  return `{"EventID":1, "Computer":"ws-${batch}-${index}"${marker}${harm ? `,\t"harm":"${harm}"` : ''}}`;
}

/** Whether the last event of a batch is nested too deeply. */
export function isDeep(batch: number): boolean {
  return batch % 5 === 0;
}

/** Starts an app whose detection does not survive poison. */
export async function startHarmed(env: Readonly<Record<string, string>> = {}): Promise<BuiltApp> {
  const preload = resolve('test/support/harmed-detection.mjs');
  return BuiltApp.start({
    env: { ...env, GATRA_RULES: writeMarkedRule(), NODE_OPTIONS: `--import=${preload} --max-old-space-size=${MEMORY_MIB}` },
  });
}

export function post(app: BuiltApp, tenant: string, lines: string, key?: string): Promise<Response> {
  return fetch(`${app.baseUrl}/api/v1/events?source=windows`, {
    method: 'POST',
    headers: {
      'X-API-Key': app.apiKey(tenant, 'collector'),
      'Content-Type': 'application/x-ndjson',
      ...(key ? { 'Idempotency-Key': key } : {}),
    },
    body: lines,
  });
}

/** An answer to a batch that was taken. */
export interface Taken {
  readonly batch_id: string;
  readonly received: number;
  readonly accepted: number;
  readonly rejected: readonly { readonly index: number; readonly code: string }[];
}

/** Sends all batches as a few collectors do, each until it is acknowledged; answers what was said of each. @throws Error for any other refusal than 503 with Retry-After. */
export async function deliverAll(app: BuiltApp, tenant: string): Promise<readonly Taken[]> {
  const taken: Taken[] = [];
  const waiting = Array.from({ length: BATCHES }, (_, batch) => batch);
  const sender = async (): Promise<void> => {
    for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) taken[batch] = await deliver(app, tenant, batch);
  };
  await Promise.all(Array.from({ length: SENDERS }, sender));
  return taken;
}

async function deliver(app: BuiltApp, tenant: string, batch: number): Promise<Taken> {
  const lines = Array.from({ length: EVENTS }, (_, index) => eventOf(batch, index)).join('\n');
  for (;;) {
    const answer = await post(app, tenant, lines, batch % 2 === 0 ? `poison-${batch}` : undefined);
    const body = (await answer.json()) as Taken;
    if (answer.status === 202) return body;
    const wait = Number(answer.headers.get('retry-after'));
    if (answer.status !== 503 || !(wait >= 1)) throw new Error(`refused with ${answer.status}, Retry-After ${wait}`);
    await sleep(wait * 1_000);
  }
}

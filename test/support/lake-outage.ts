import { setTimeout as sleep } from 'node:timers/promises';
import { BuiltApp } from './built-app.js';
import { eventually } from './eventually.js';
import { SentBatches, sendBatch, TENANT } from './sent-batches.js';

const EVERY_MS = 50;
const EVENTS = 20;
/** How long the load goes on before and after the outage. */
const AROUND_MS = 2_000;
const DRAIN_MS = 120_000;

/** A lake's server as a test needs it. */
export interface LakeServer {
  /** What tells the app of it. */
  readonly env: Readonly<Record<string, string>>;
  /** The kind of dependency, as the admin routes name it. */
  readonly dependency: string;
  kill(): Promise<void>;
  begin(): Promise<void>;
  /** The ids of the events that a tenant has there, as its analysts would read them. */
  ids(tenant: string): Promise<readonly string[]>;
}

/** What came of an outage under load. */
export interface OutageOutcome {
  readonly acknowledged: number;
  /** Batches that were not answered 202. */
  readonly refused: number;
  /** States of the lake's circuits that were seen. */
  readonly states: ReadonlySet<string>;
  readonly missing: number;
  /** Events that analysts see twice, or that nobody sent. */
  readonly beyond: number;
  /** From the return of the lake until everything was there, milliseconds. */
  readonly drainedMs: number;
}

/** Sends events while the lake is killed for a time, and waits until everything that was acknowledged is there. */
export async function lakeOutage(server: LakeServer, outageMs: number): Promise<OutageOutcome> {
  const app = await BuiltApp.start({ env: { ...server.env, CIRCUIT_BREAKER_RECOVERY_TIMEOUT: '1', OUTBOUND_ATTEMPT_TIMEOUT: '5' } });
  try {
    const sent = new SentBatches();
    const receiver = { baseUrl: app.baseUrl, apiKey: app.apiKey(TENANT, 'collector') };
    const operator = await app.token('platform');
    const states = new Set<string>();
    const progress = { isOver: false };
    const sending = (async () => {
      for (; !progress.isOver; await sleep(EVERY_MS)) await sendBatch(receiver, sent.next(EVENTS));
    })();
    const watching = (async () => {
      for (; !progress.isOver; await sleep(200)) for (const state of await statesOf(app, operator, server.dependency)) states.add(state);
    })();
    await sleep(AROUND_MS);
    await server.kill();
    await sleep(outageMs);
    await server.begin();
    const back = performance.now();
    await sleep(AROUND_MS);
    progress.isOver = true;
    await Promise.all([sending, watching]);
    const expected = sent.acknowledged;
    await eventually(async () => {
      const there = new Set(await server.ids(TENANT));
      const missing = [...expected.keys()].filter((id) => !there.has(id)).length;
      const said = app.printed.filter((line) => line.includes('"event":"lake.')).slice(-3);
      expect({ missing, said: missing > 0 ? said : [] }).toEqual({ missing: 0, said: [] });
    }, DRAIN_MS);
    const drainedMs = performance.now() - back;
    const ids = await server.ids(TENANT);
    const known = new Set(ids);
    return {
      acknowledged: expected.size,
      refused: sent.unanswered.length,
      states,
      missing: [...expected.keys()].filter((id) => !known.has(id)).length,
      beyond: ids.length - known.size + [...known].filter((id) => !expected.has(id)).length,
      drainedMs,
    };
  } finally {
    await app.stop();
  }
}

async function statesOf(app: BuiltApp, operator: string, dependency: string): Promise<readonly string[]> {
  const answer = await fetch(`${app.baseUrl}/admin/circuit-breaker/status`, { headers: { Authorization: `Bearer ${operator}` } });
  const { items } = (await answer.json()) as { items: { service: string; state: string }[] };
  return items.filter(({ service }) => service.startsWith(dependency)).map(({ state }) => state);
}

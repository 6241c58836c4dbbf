import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadBatches } from './load-batches.js';
import type { LoadClient } from './load-client.js';
import { LoadTally } from './load-tally.js';
import { sendTimes, type Stage } from './rate-plan.js';

/** Requests that may wait for their answers, or for a connection, before further ones are left out. */
const MOST_UNDER_WAY = 20_000;
const TICK_MS = 2;

export interface LoadRun {
  readonly stages: readonly Stage[];
  /** API keys that take turns. */
  readonly keys: readonly string[];
  readonly batches: Pick<LoadBatches, 'next'>;
  readonly client: Pick<LoadClient, 'deliver'>;
  /** Hears now and then how it goes. */
  readonly onProgress: (seconds: number, tally: LoadTally) => void;
}

/**
 * Sends every request at its time, whether or not earlier ones were answered (an open loop), and measures from when it was due: a server that stalls cannot
 * hide it by being asked less (no coordinated omission).
 */
export async function runLoad({ stages, keys, batches, client, onProgress }: LoadRun): Promise<{ tally: LoadTally; seconds: number }> {
  const tally = new LoadTally();
  const underWay = new Set<Promise<void>>();
  const begun = performance.now();
  let turn = 0;
  for (const at of sendTimes(stages)) {
    const due = begun + at * 1_000;
    while (performance.now() < due) {
      onProgress((performance.now() - begun) / 1_000, tally);
      await sleep(Math.max(0, Math.min(50, due - performance.now() - TICK_MS / 2)));
    }
    tally.due(at);
    if (underWay.size >= MOST_UNDER_WAY) {
      tally.notSent(at);
      continue;
    }
    const key = keys[turn++ % keys.length] ?? '';
    const sent: Promise<void> = send(key, at, due).finally(() => underWay.delete(sent));
    underWay.add(sent);
  }
  await Promise.all(underWay);
  return { tally, seconds: (performance.now() - begun) / 1_000 };

  async function send(key: string, at: number, due: number): Promise<void> {
    const batch = await batches.next();
    const delivery = await client.deliver(key, batch);
    tally.done(at, performance.now() - due, batch, delivery);
  }
}

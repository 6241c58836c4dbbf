import { setTimeout as sleep } from 'node:timers/promises';

const TICK_MS = 10;
const MOST_UNDER_WAY = 400;

/** What a load came to. */
export interface LoadResult {
  readonly sent: number;
  readonly failures: readonly string[];
  readonly perSecond: number;
}

/**
 * Sends requests at a rate, whether or not earlier ones were answered, until `work` is done. What the machine cannot keep up with is sent late
 * rather than left out: `perSecond` says what was reached.
 * @param send does one request; answers why it failed, or nothing.
 */
export async function underLoad(rate: number, send: () => Promise<string | undefined>, work: () => Promise<void>): Promise<LoadResult> {
  const failures: string[] = [];
  const underWay = new Set<Promise<void>>();
  let sent = 0;
  const progress = { isDone: false };
  const begun = performance.now();
  const working = work().finally(() => (progress.isDone = true));
  while (!progress.isDone) {
    const due = Math.floor(((performance.now() - begun) / 1_000) * rate);
    for (; sent < due && underWay.size < MOST_UNDER_WAY; sent += 1) {
      const request: Promise<void> = send()
        .catch((error: unknown) => String(error))
        .then((failure) => {
          if (failure !== undefined) failures.push(failure);
          underWay.delete(request);
        });
      underWay.add(request);
    }
    await sleep(TICK_MS);
  }
  await Promise.all(underWay);
  const seconds = (performance.now() - begun) / 1_000;
  await working;
  return { sent, failures, perSecond: Math.round(sent / seconds) };
}

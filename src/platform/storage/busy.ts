import { setTimeout as sleep } from 'node:timers/promises';

const SQLITE_BUSY = 5;
const LONGEST_PAUSE_MS = 25;

/** Tells whether SQLite refused because another connection holds the file: SQLITE_BUSY and its extended codes. */
export function isBusy(error: unknown): boolean {
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  const result = typeof errcode === 'number' ? errcode : code;
  return typeof result === 'number' && (result & 0xff) === SQLITE_BUSY;
}

/**
 * Does what another process may hold up, again and again until `patienceMs` are over. Waiting happens between the attempts and never inside
 * SQLite, so that a thread that owns several files can go on with the others: two processes never wait for each other's files.
 * @throws what `work` throws, SQLITE_BUSY only once patience is over.
 */
export async function whileBusy<T>(work: () => T | Promise<T>, patienceMs: number): Promise<T> {
  const until = performance.now() + patienceMs;
  for (let pause = 1; ; pause = Math.min(LONGEST_PAUSE_MS, pause * 2)) {
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error) || performance.now() >= until) throw error;
      await sleep(pause * (0.5 + Math.random()));
    }
  }
}

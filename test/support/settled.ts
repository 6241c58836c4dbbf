import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 30_000;
const POLL_MS = 100;
const QUIET_POLLS = 4;

/** Waits until what `read` answers has been the same, and found to be done, for a while. @throws after half a minute. */
export async function settled<T>(read: () => Promise<T>, done: (state: T) => boolean): Promise<T> {
  const giveUp = Date.now() + PATIENCE_MS;
  let before = '';
  let quiet = 0;
  for (;;) {
    const state = await read();
    const text = JSON.stringify(state);
    quiet = done(state) && text === before ? quiet + 1 : 0;
    if (quiet >= QUIET_POLLS) return state;
    if (Date.now() > giveUp) throw new Error(`not settled after ${PATIENCE_MS} ms: ${text.slice(0, 500)}`);
    before = text;
    await sleep(POLL_MS);
  }
}

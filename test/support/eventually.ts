import { setTimeout as sleep } from 'node:timers/promises';

/** Repeats an expectation until it holds. @throws what it last threw, after `patienceMs`. */
export async function eventually(expectation: () => unknown, patienceMs = 10_000): Promise<void> {
  const giveUp = Date.now() + patienceMs;
  for (;;) {
    try {
      await expectation();
      return;
    } catch (error) {
      if (Date.now() > giveUp) throw error;
      await sleep(20);
    }
  }
}

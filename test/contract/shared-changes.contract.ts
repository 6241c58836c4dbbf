import type { SharedChanges } from '../../src/platform/changes/shared-changes.js';
import { eventually } from '../support/eventually.js';

/** How soon every instance that is told has read what one has announced. */
const TOLD_MS = 2_000;

/**
 * What instances do that keep their memory of one database alike.
 * @param open one that asks by itself once a minute, while it is told
 * @param soon waits for what holds within the time that every instance may take to read what one has announced
 */
export function keepsInstancesAlike(
  open: () => SharedChanges,
  soon = (expectation: () => void): Promise<void> => eventually(expectation, TOLD_MS),
): void {
  it('what one announces it has read itself, and the others have soon', async () => {
    let truth = 0;
    const instances = [open(), open(), open()].map((changes) => {
      const instance = { changes, seen: -1 };
      changes.register(async () => void (instance.seen = truth));
      changes.onApplicationBootstrap();
      return instance;
    });
    for (const { changes } of [...instances, ...instances]) {
      truth += 1;
      await changes.announce();
      expect(instances.find((instance) => instance.changes === changes)?.seen).toBe(truth);
      await soon(() => expect(instances.map(({ seen }) => seen)).toEqual([truth, truth, truth]));
    }
    for (const { changes } of instances) await changes.onApplicationShutdown();
  });
}

import fc from 'fast-check';
import type { Detection } from '../../contracts/detection.js';
import type { EventBatch, SecurityEvent } from '../../contracts/security-event.js';
import { RecentBatches } from './recent-batches.js';

const batchOf = (indexes: readonly number[], id = 'b'): EventBatch => ({
  batch_id: id,
  received_at: '2026-01-01T00:00:00.000Z',
  events: indexes.map((index) => ({ index }) as SecurityEvent),
});

/** Finds something at every event with an even index, and counts what it was shown. */
class Looker {
  readonly shown: number[] = [];
  readonly look = async (events: readonly SecurityEvent[]): Promise<Detection[]> => {
    this.shown.push(...events.map(({ index }) => index));
    return events.flatMap(({ index }) => (index % 2 === 0 ? [{ event_index: index } as Detection] : []));
  };
}

const indexesOf = (found: readonly Detection[]): number[] => found.map(({ event_index }) => event_index);

describe('recent batches', () => {
  it('are shown once, whole or in parts, and answer with what is of the events asked about, however often they are met', async () => {
    const indexes = fc.uniqueArray(fc.nat(200), { minLength: 1, maxLength: 60 }).map((some) => some.sort((a, b) => a - b));
    await fc.assert(
      fc.asyncProperty(indexes, fc.array(fc.nat(60), { maxLength: 5 }), fc.boolean(), async (all, cuts, whole) => {
        const recent = new RecentBatches();
        const { shown, look } = new Looker();
        if (whole) await recent.meet(batchOf(all), look);
        const at = [0, ...cuts.filter((cut) => cut < all.length).sort((a, b) => a - b), all.length];
        const parts = at.slice(1).map((end, part) => all.slice(at[part], end));
        for (const part of [...parts, ...parts, all]) {
          expect(indexesOf(await recent.meet(batchOf(part), look))).toEqual(part.filter((index) => index % 2 === 0));
        }
        expect(shown).toEqual(all);
      }),
    );
  });

  it('count a part that cannot be looked at as not met', async () => {
    const recent = new RecentBatches();
    const { shown, look } = new Looker();
    await recent.meet(batchOf([0, 1]), look);
    const fail = async (): Promise<never> => {
      throw new Error('cannot');
    };
    await expect(recent.meet(batchOf([2, 3, 4]), fail)).rejects.toThrow('cannot');
    expect(indexesOf(await recent.meet(batchOf([2]), look))).toEqual([2]);
    await expect(recent.meet(batchOf([3]), fail)).rejects.toThrow('cannot');
    expect(indexesOf(await recent.meet(batchOf([4]), look))).toEqual([4]);
    expect(shown).toEqual([0, 1, 2, 4]);
  });

  it('are the last 64; parts of one batch are one', async () => {
    const recent = new RecentBatches();
    const { look } = new Looker();
    for (let number = 0; number < 65; number += 1) for (const index of [0, 1]) await recent.meet(batchOf([index], `${number}`), look);
    expect(recent.entries().map(([id]) => id)).toEqual(Array.from({ length: 64 }, (_, number) => `${number + 1}`));
  });
});

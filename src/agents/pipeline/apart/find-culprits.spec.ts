import fc from 'fast-check';
import { findCulprits, Findings, type Trial } from './find-culprits.js';

/** Tries events as a thread would that stops at those in `fatal`, and throws at those in `thrown`. */
function trialOf(count: number, fatal: ReadonlySet<number>, thrown: ReadonlySet<number>): Trial {
  return async (from) => {
    const events = Array.from({ length: count - from }, (_, n) => from + n);
    const end = events.find((index) => fatal.has(index)) ?? count;
    const tried = events.filter((index) => index < end);
    return {
      thrown: tried.filter((index) => thrown.has(index)).map((index) => ({ index, reason: 'throws' })),
      isSound: tried.some((index) => !thrown.has(index)),
      stopped: end < count ? { index: end, reason: 'hangs' } : undefined,
    };
  };
}

describe('finding the events that take a thread down', () => {
  it('DUR-09 finds exactly those, each tried three times, and those that are thrown at', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 60 }), fc.func(fc.integer({ min: 0, max: 9 })), async (count, draw) => {
        const all = Array.from({ length: count }, (_, index) => index);
        const fatal = new Set(all.filter((index) => draw(index) === 0));
        const thrown = new Set(all.filter((index) => draw(index) === 1));
        const isSound = all.some((index) => !fatal.has(index) && !thrown.has(index));
        const guilty = all.filter((index) => fatal.has(index) || (isSound && thrown.has(index)));
        expect(await findCulprits(trialOf(count, fatal, thrown), new Findings(), () => false)).toEqual(
          guilty.map((index) => ({ index, reason: fatal.has(index) ? 'hangs' : 'throws', attempts: 3 })),
        );
      }),
      { numRuns: 200 },
    );
  });

  it('blames no event that takes the thread down once or twice and not a third time', async () => {
    let losses = 0;
    const trial: Trial = async () => ({ thrown: [], isSound: true, stopped: losses++ < 2 ? { index: 4, reason: 'hangs' } : undefined });
    expect(await findCulprits(trial, new Findings(), () => false)).toEqual([]);
    expect(losses).toBe(3);
  });

  it('stops where the time is over, and goes on from there when it is called again', async () => {
    const fatal = new Set([1, 5, 6]);
    const findings = new Findings();
    let left = 4;
    const isSpent = (): boolean => left-- <= 0;
    expect(await findCulprits(trialOf(10, fatal, new Set()), findings, isSpent)).toBeUndefined();
    left = 6;
    const found = await findCulprits(trialOf(10, fatal, new Set()), findings, isSpent);
    expect(found?.map(({ index }) => index)).toEqual([1, 5, 6]);
  });
});

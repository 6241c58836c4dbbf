import fc from 'fast-check';
import { ringOf, type RingPolicy } from './ring-of.js';
import type { StoredVersion } from './secret-source.js';

const POLICY: RingPolicy = { activationMs: 100, retireAfterMs: 1_000 };

function version(name: string, createdAt: number | null, state: StoredVersion['state'] = 'enabled'): StoredVersion {
  return { version: name, createdAt, state, bytes: state === 'enabled' || state === 'announced' ? Buffer.from(name) : null };
}

function namesOf(versions: readonly StoredVersion[], now: number, policy = POLICY): readonly string[] | undefined {
  return ringOf(versions, now, policy)?.live.map(({ version: name }) => name);
}

describe('ringOf', () => {
  it('R66 lets a new version check at once, and make once it is old enough', () => {
    const versions = [version('2', 5_000), version('1', 0)];
    expect(namesOf(versions, 5_000)).toEqual(['1', '2']);
    expect(namesOf(versions, 5_099)).toEqual(['1', '2']);
    expect(namesOf(versions, 5_100)).toEqual(['2', '1']);
  });

  it('R66 lets the old version check until what was made with it has expired', () => {
    const versions = [version('2', 5_000), version('1', 0)];
    expect(namesOf(versions, 6_099)).toEqual(['2', '1']);
    expect(namesOf(versions, 6_100)).toEqual(['2']);
    expect(namesOf(versions, 9_999_999, { ...POLICY, retireAfterMs: null })).toEqual(['2', '1']);
  });

  it('R66 drops what is disabled or destroyed at once, whichever version it is', () => {
    expect(namesOf([version('2', 5_000, 'disabled'), version('1', 0)], 50_000)).toEqual(['1']);
    expect(namesOf([version('2', 5_000), version('1', 0, 'destroyed')], 5_001)).toEqual(['2']);
    expect(namesOf([version('1', 0, 'disabled')], 5_001)).toBeUndefined();
    expect(namesOf([], 0)).toBeUndefined();
  });

  it('R66 makes with the oldest version where none is old enough yet', () => {
    expect(namesOf([version('3', 30), version('2', 20), version('1', 10)], 40)).toEqual(['1', '3', '2']);
    expect(namesOf([version('1', 10)], 0)).toEqual(['1']);
  });

  it('R66 lets what is announced only check, for as long as it is announced', () => {
    const byHand = [version('next', null, 'announced'), version('now', null), version('before', null, 'announced')];
    expect(namesOf(byHand, 0)).toEqual(['now', 'next', 'before']);
    expect(namesOf(byHand, 9_999_999)).toEqual(['now', 'next', 'before']);
    expect(namesOf([version('next', null, 'announced')], 0)).toBeUndefined();
  });

  it('R66 lets no instance meet a version that it does not know, whenever each of them reads within the bounds', () => {
    const READ_EVERY = 60;
    const SETTLE_EVERY = 5;
    const SKEW = 10;
    const LIFE = 300;
    const policy: RingPolicy = {
      activationMs: READ_EVERY + SETTLE_EVERY + 2 * SKEW,
      retireAfterMs: LIFE + READ_EVERY + SETTLE_EVERY + 2 * SKEW,
    };
    const instance = fc.record({
      skew: fc.integer({ min: -SKEW, max: SKEW }),
      phase: fc.integer({ min: 0, max: READ_EVERY }),
      reads: fc.array(fc.constantFrom(READ_EVERY, READ_EVERY - 1, READ_EVERY / 2), { minLength: 100, maxLength: 100 }),
      settles: fc.integer({ min: 1, max: SETTLE_EVERY }),
    });
    fc.assert(
      fc.property(
        fc.array(instance, { minLength: 2, maxLength: 4 }),
        fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 6 }),
        fc.array(
          fc.record({
            near: fc.nat(),
            offset: fc.oneof(fc.integer({ min: 0, max: 2 * READ_EVERY }), fc.integer({ min: 0, max: 3 * LIFE })),
            age: fc.oneof(fc.constantFrom(0, LIFE), fc.integer({ min: 0, max: LIFE })),
            maker: fc.nat(),
            checker: fc.nat(),
          }),
          {
            minLength: 20,
            maxLength: 60,
          },
        ),
        (instances, gaps, uses) => {
          const created = gaps.reduce<number[]>((times, gap) => [...times, (times.at(-1) ?? 0) + gap], []);
          const all = [version('0', -10_000), ...created.map((at, number) => version(String(number + 1), at))].toReversed();
          const ringAt = (number: number, at: number) => {
            const { skew, phase, reads, settles } = instances[number % instances.length] ?? { skew: 0, phase: 0, reads: [], settles: 1 };
            let readAt = -phase;
            for (const gap of reads) {
              if (readAt + gap > at) break;
              readAt += gap;
            }
            readAt = Math.max(readAt, at - READ_EVERY);
            const settledAt = Math.max(readAt, at - (at % settles));
            const seen = all.filter(({ createdAt }) => (createdAt ?? 0) <= readAt);
            return ringOf(seen, settledAt + skew, policy);
          };
          for (const { near, offset, age, maker, checker } of uses) {
            const at = (created[near % created.length] ?? 0) + offset;
            const made = ringAt(maker, at)?.current.version;
            const known = ringAt(checker, at + age)?.live.map(({ version: name }) => name) ?? [];
            expect(known).toContain(made);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

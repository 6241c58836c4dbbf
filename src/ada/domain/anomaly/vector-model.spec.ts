import { KeyHash } from '../statistical/key-hash.js';
import { EntityShares } from './entity-shares.js';
import { LearningGuard } from './learning-guard.js';
import { SeededChance } from './seeded-chance.js';
import { VectorModel } from './vector-model.js';

const chance = (seed: number): (() => number[]) => {
  const draw = new SeededChance(seed);
  return () => [draw.next() + draw.next(), 10 * draw.next() * draw.next(), draw.below(3)];
};
const FAR = [9, 9, 9];

function taught(seed: number, count = 1_500): VectorModel {
  const model = new VectorModel(3, seed);
  const next = chance(11);
  for (let i = 0; i < count; i++) model.observe(next());
  return model;
}

describe('LearningGuard', () => {
  it('lets pass what is ordinary, and of the rest what chance alone makes', () => {
    const guard = new LearningGuard({ risk: 0.01, allowance: 2, most: 3 });
    for (let i = 0; i < 10_000; i++) expect(guard.admits(true)).toBe(true);
    const admitted = Array.from({ length: 1_000 }, () => guard.admits(false)).filter(Boolean).length;
    expect(admitted).toBeGreaterThanOrEqual(20);
    expect(admitted).toBeLessThanOrEqual(23);
  });
});

describe('EntityShares', () => {
  it('lets one entity teach its share and no more, and takes nothing from the others', () => {
    const shares = new EntityShares();
    const key = new KeyHash(1);
    const admitted = { loud: 0, quiet: 0 };
    for (let i = 0; i < 4_096; i++) {
      if (shares.admits(key.of(0, i % 4 === 0 ? `quiet ${i % 64}` : 'loud'))) admitted[i % 4 === 0 ? 'quiet' : 'loud']++;
    }
    expect(admitted).toEqual({ loud: 4 * 128, quiet: 1_024 });
  });
});

describe('VectorModel', () => {
  it('says nothing before it has learned', () => {
    const model = new VectorModel(3, 1);
    expect(model.observe(FAR)).toEqual({ score: 0, chance: 1, isGoingOn: false });
  });

  it('tells what lies far out from what does not, and where it lies far out', () => {
    const model = taught(1);
    const next = chance(12);
    const usual = Math.max(...Array.from({ length: 200 }, () => model.observe(next()).score));
    const far = model.observe(FAR);
    expect(far.score).toBeGreaterThan(usual);
    expect(far.chance).toBeLessThan(1e-3);
    expect(model.farthest([1, 2.5, 90]).dimension).toBe(2);
  });

  it('gives the same with the same seed, another score with another', () => {
    expect(taught(1).observe(FAR).score).toBe(taught(1).observe(FAR).score);
    expect(taught(1).observe([1, 1, 1]).score).not.toBe(taught(2).observe([1, 1, 1]).score);
  });

  it('goes on from a snapshot as if nothing had been between', () => {
    const one = taught(4);
    const view = new DataView(new ArrayBuffer(one.kept.byteLength));
    one.kept.write(view, 0);
    const other = new VectorModel(3, 99);
    other.kept.read(view, 0);
    const next = chance(13);
    for (let i = 0; i < 500; i++) {
      const point = next();
      expect(other.observe(point)).toEqual(one.observe(point));
    }
  });

  it('is not taught by a burst, which without the guard becomes usual', () => {
    const after = (model: VectorModel): number => {
      const next = chance(14);
      for (let i = 0; i < 1_500; i++) model.observe(next());
      for (let i = 0; i < 2_000; i++) model.observe(FAR);
      const scores = Array.from({ length: 99 }, () => model.observe(next()).score).sort((a, b) => a - b);
      return model.observe(FAR).score - scores[90]!;
    };
    expect(after(new VectorModel(3, 5))).toBeGreaterThan(0);
    expect(after(new VectorModel(3, 5, { risk: -1, allowance: 0, most: 0 }))).toBeLessThan(0);
  });

  it('tells a burst from what has been going on', () => {
    const model = taught(6);
    expect(model.observe(FAR).isGoingOn).toBe(false);
    for (let i = 0; i < 2_000; i++) model.observe(FAR);
    const { chance: left, isGoingOn } = model.observe(FAR);
    expect(left).toBeLessThan(1e-3);
    expect(isGoingOn).toBe(true);
  });
});

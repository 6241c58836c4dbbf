import fc from 'fast-check';
import { Greatest } from './greatest.js';
import { exceedance, excessAt, fitParetoTail, logLikelihood } from './pareto-tail.js';
import { SeededChance } from './seeded-chance.js';
import { Spot } from './spot.js';

const OPTIONS = { tailShare: 0.02, peaks: 512, generation: 50_000, least: 100 };
const floats = fc.array(fc.float({ noNaN: true, min: -1_000, max: 1_000 }), { maxLength: 80 });

function drawn(count: number, seed: number, value: (uniform: number) => number): number[] {
  const chance = new SeededChance(seed);
  return Array.from({ length: count }, () => value(chance.next()));
}

describe('a Pareto tail', () => {
  it.each([
    ['heavy', 0.4],
    ['exponential', 0],
    ['ending', -0.3],
  ])('is as likely as the best of a grid (%s)', (_, shape) => {
    const excesses = drawn(150, 5, (uniform) => excessAt({ shape, scale: 2 }, 1 - uniform));
    const fitted = fitParetoTail(excesses);
    let best = -Infinity;
    for (let gridShape = -0.5; gridShape <= 1; gridShape += 0.05) {
      for (let scale = 0.2; scale < 8; scale *= 1.05) best = Math.max(best, logLikelihood(excesses, { shape: gridShape, scale }));
    }
    expect(logLikelihood(excesses, fitted)).toBeGreaterThan(best - 0.5);
    expect(fitted.shape).toBeCloseTo(shape, 0);
  });

  it('has exceedance and excess as inverses', () => {
    for (const shape of [-0.4, 0, 0.5]) expect(exceedance({ shape, scale: 3 }, excessAt({ shape, scale: 3 }, 0.01))).toBeCloseTo(0.01, 10);
    expect(exceedance({ shape: -0.5, scale: 1 }, 2)).toBe(0);
  });

  it('survives values that are all the same', () => {
    expect(fitParetoTail([0, 0, 0]).scale).toBeGreaterThan(0);
    expect(Number.isFinite(fitParetoTail([5, 5, 5]).scale)).toBe(true);
  });
});

describe('Greatest', () => {
  it('keeps the greatest, like sorting', () => {
    fc.assert(
      fc.property(floats, (values) => {
        const greatest = new Greatest(10);
        for (const value of values) greatest.add(value);
        expect([...greatest.values].sort((a, b) => a - b)).toEqual(values.sort((a, b) => a - b).slice(-10));
        expect(greatest.count).toBe(values.length);
      }),
    );
  });

  it('merges into what one would be that saw both', () => {
    fc.assert(
      fc.property(floats, floats, (left, right) => {
        const [one, other, both] = [left, right, [...left, ...right]].map((values) => {
          const greatest = new Greatest(7);
          for (const value of values) greatest.add(value);
          return greatest;
        }) as [Greatest, Greatest, Greatest];
        one.merge(other);
        expect(Float64Array.from(one.values).sort()).toEqual(Float64Array.from(both.values).sort());
        expect(one.count).toBe(both.count);
      }),
    );
  });
});

describe('Spot', () => {
  const exponential = (count: number, seed: number): number[] => drawn(count, seed, (uniform) => -Math.log(1 - uniform));

  it('finds the level that an exponential exceeds by a chance, beyond all it saw often', () => {
    const spot = new Spot(OPTIONS);
    for (const value of exponential(20_000, 3)) spot.learn(value);
    for (const risk of [1e-2, 1e-3, 1e-4]) {
      expect(spot.scoreAt(risk) / -Math.log(risk)).toBeGreaterThan(0.85);
      expect(spot.scoreAt(risk) / -Math.log(risk)).toBeLessThan(1.15);
      expect(spot.chance(spot.scoreAt(risk))).toBeCloseTo(risk, 6);
    }
  });

  it('alarms about as often as the risk says', () => {
    const spot = new Spot(OPTIONS);
    for (const value of exponential(10_000, 4)) spot.learn(value);
    const alarms = exponential(50_000, 5).filter((value) => spot.chance(value) < 1e-3).length;
    expect(alarms).toBeGreaterThan(25);
    expect(alarms).toBeLessThan(100);
  });

  it('says nothing before it saw enough, and follows a drift', () => {
    const spot = new Spot({ ...OPTIONS, generation: 1_000 });
    expect(spot.isCalibrated).toBe(false);
    expect(spot.chance(1e9)).toBe(1);
    for (const value of exponential(1_000, 1)) spot.learn(value);
    expect(spot.chance(105)).toBeLessThan(1e-4);
    for (const value of exponential(3_000, 2)) spot.learn(value + 100);
    expect(spot.chance(101)).toBe(1);
  });

  it('merges and is written and read back', () => {
    const [one, other, both] = [0, 1, 2].map(() => new Spot(OPTIONS)) as [Spot, Spot, Spot];
    const [left, right] = [exponential(3_000, 8), exponential(2_000, 9)];
    for (const value of left) one.learn(value);
    for (const value of right) other.learn(value);
    for (const value of [...left, ...right]) both.learn(value);
    both.merge(new Spot(OPTIONS));
    one.merge(other);
    expect(one.scoreAt(1e-4)).toBe(both.scoreAt(1e-4));
    const view = new DataView(new ArrayBuffer(one.byteLength));
    one.write(view, 0);
    const read = new Spot(OPTIONS);
    read.read(view, 0);
    for (const value of exponential(500, 10)) {
      expect(read.chance(value)).toBe(one.chance(value));
      read.learn(value);
      one.learn(value);
    }
    expect(read.scoreAt(1e-4)).toBe(one.scoreAt(1e-4));
  });
});

import fc from 'fast-check';
import { ReferenceSample } from './reference-sample.js';
import { SeededChance } from './seeded-chance.js';

const points = fc.array(fc.tuple(fc.float({ noNaN: true, min: -9, max: 9 }), fc.double({ min: 0.001, max: 0.999, noNaN: true })), {
  maxLength: 60,
});

function sampleOf(drawn: readonly (readonly [number, number])[], from = 0): ReferenceSample {
  const sample = new ReferenceSample(8, 1, 20);
  drawn.forEach(([value, draw], i) => sample.offer([value], from + i, draw));
  return sample;
}

const held = (sample: ReferenceSample): number[] => Array.from(sample.points.slice(0, sample.size)).sort((a, b) => a - b);

describe('ReferenceSample', () => {
  it('merges into the sample of both streams', () => {
    fc.assert(
      fc.property(points, points, (left, right) => {
        const both = sampleOf([...left, ...right]);
        const one = sampleOf(left);
        one.merge(sampleOf(right, left.length));
        const lots = new Set([...left, ...right].map(([, draw]) => draw));
        if (lots.size === left.length + right.length) expect(held(one)).toEqual(held(both));
      }),
    );
  });

  it('forgets by half-lives', () => {
    const sample = new ReferenceSample(1_000, 1, 2_000);
    const chance = new SeededChance(1);
    for (let i = 0; i < 20_000; i++) sample.offer([i], i, chance.next());
    const late = [...sample.points].filter((value) => value >= 18_000).length;
    expect(late).toBeGreaterThan(430);
    expect(late).toBeLessThan(570);
  });

  it('keeps its columns sorted while points come and go, and over a snapshot', () => {
    fc.assert(
      fc.property(points, fc.float({ noNaN: true, min: -9, max: 9 }), (drawn, value) => {
        const sample = sampleOf(drawn);
        const view = new DataView(new ArrayBuffer(sample.byteLength));
        sample.write(view, 0);
        const read = sampleOf([[1, 0.5]]);
        read.read(view, 0);
        const values = held(sample);
        const bits = (farther: number): number => -Math.log2((farther + 0.5) / (values.length + 1));
        const [low, high] = [values.filter((one) => one <= value).length, values.filter((one) => one >= value).length];
        for (const one of [sample, read]) {
          expect(one.columns.tail([value])).toBeCloseTo(Math.max(bits(low), bits(high)), 9);
          expect(one.columns.farthest([value])).toEqual({ dimension: 0, usual: values[(values.length - 1) >> 1] });
        }
      }),
    );
  });
});

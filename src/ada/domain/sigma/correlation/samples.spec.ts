import { ValuePercentile } from './samples.js';

function percentileOf(values: readonly number[], percentile: number): number {
  const samples = new ValuePercentile(percentile);
  const sightings = values.map((value) => ({ batch: 'b', index: value, time: 1, input: 0, value, shown: [] }));
  for (const sighting of sightings) samples.add(sighting);
  const [latest] = sightings;
  return latest === undefined ? Number.NaN : samples.measure(0, latest);
}

/** The least of the numbers 1 to n that at least this share of them is not greater than: of them, `value` are not greater than `value`. */
function leastOf(n: number, share: number, whole: number): number {
  let value = 1;
  while (value * whole < share * n) value += 1;
  return value;
}

describe('ValuePercentile', () => {
  it('is the least value that so many percent are not greater than, for every whole percentile of up to 100 values', () => {
    const wrong: unknown[] = [];
    for (let n = 1; n <= 100; n += 1) {
      const all = Array.from({ length: n }, (_, at) => n - at);
      for (let percentile = 0; percentile <= 100; percentile += 1) {
        const is = percentileOf(all, percentile);
        if (is !== leastOf(n, percentile, 100)) wrong.push({ n, percentile, is });
      }
    }
    expect(wrong).toEqual([]);
  });

  it('takes percentiles with decimals for what they are written as', () => {
    const values = Array.from({ length: 3_000 }, (_, at) => at + 1);
    for (const [thousandths, percentile] of [
      [1_100, 1.1],
      [99_900, 99.9],
      [33_333, 33.333],
      [99_999, 99.999],
      [1, 0.001],
      [2_300, 2.3],
    ] as const) {
      expect([percentile, percentileOf(values, percentile)]).toEqual([percentile, leastOf(3_000, thousandths, 100_000)]);
    }
  });
});

import { join } from 'node:path';
import { loadDetection, type LoadedDetection } from '../../ada/adapters/load-detection.js';
import { CostMeasurement } from './cost-measurement.js';

const RULES = join(__dirname, '../../../config/rules');

/** A clock that goes on a little with each look, so that a round is over at once. */
function tickingClock(): () => number {
  let ms = 0;
  return () => (ms += 0.06);
}

describe('what the starter rules cost', () => {
  let loaded: LoadedDetection;
  beforeAll(async () => (loaded = await loadDetection({ rules: [RULES], filters: null })));

  it('is known of every detection rule, and of no correlation', async () => {
    const costs = await new CostMeasurement(loaded, tickingClock()).measure();
    expect([...costs.keys()].sort()).toEqual(loaded.rules.map(({ id }) => id).sort());
    expect([...costs.values()].filter((micros) => !(micros > 0))).toEqual([]);
    expect(loaded.correlations.length).toBeGreaterThan(0);
  });

  it('is measured beside others, who have a turn after each rule', async () => {
    let turns = 0;
    let isDone = false;
    const others = (): void => {
      turns += 1;
      if (!isDone) setImmediate(others);
    };
    others();
    const costs = await new CostMeasurement(loaded, tickingClock()).measure();
    isDone = true;
    expect(turns).toBeGreaterThan(costs.size);
  });

  it('is left off when the thread is to end', async () => {
    const measurement = new CostMeasurement(loaded, tickingClock());
    const costs = measurement.measure();
    measurement.stop();
    expect((await costs).size).toBe(1);
  });
});

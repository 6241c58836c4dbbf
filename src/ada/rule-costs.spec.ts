import { Logger } from '@nestjs/common';
import { type CostsOfRules, RuleCosts } from './rule-costs.js';

const COSTS: CostsOfRules = new Map([['a', 1]]);

/** Lets what has been promised come about. */
const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe('RuleCosts', () => {
  it('has rules measured once somebody asks, once, and knows what they cost when that is done', async () => {
    const costs = new RuleCosts();
    const asked: ((found: CostsOfRules) => void)[] = [];
    costs.take(() => new Promise((resolve) => void asked.push(resolve)));
    expect(asked).toHaveLength(0);
    for (let times = 0; times < 2; times += 1) expect(costs.soFar().size).toBe(0);
    expect(asked).toHaveLength(1);
    asked[0]?.(COSTS);
    await settled();
    for (let times = 0; times < 2; times += 1) expect(costs.soFar()).toBe(COSTS);
    expect(asked).toHaveLength(1);
  });

  it('asks again where that failed, three times and no more', async () => {
    const warned = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    const outcomes = [new Error('away'), COSTS, new Error('never asked')];
    const asking = (from: readonly (Error | CostsOfRules)[]): { costs: RuleCosts; left: (Error | CostsOfRules)[] } => {
      const costs = new RuleCosts();
      const left = [...from];
      costs.take(async () => {
        const next = left.shift();
        if (next === undefined || next instanceof Error) throw next;
        return next;
      });
      return { costs, left };
    };
    const mended = asking(outcomes);
    const broken = asking(Array.from({ length: 5 }, () => new Error('away')));
    for (let times = 0; times < 6; times += 1) {
      mended.costs.soFar();
      expect(broken.costs.soFar().size).toBe(0);
      await settled();
    }
    expect(mended.costs.soFar()).toBe(COSTS);
    expect([mended.left.length, broken.left.length]).toEqual([1, 2]);
    expect(warned).toHaveBeenCalledTimes(4);
    warned.mockRestore();
  });

  it('has other rules measured anew, and does not take what comes late for theirs', async () => {
    const costs = new RuleCosts();
    const asked: ((found: CostsOfRules) => void)[] = [];
    const measure = (): Promise<CostsOfRules> => new Promise((resolve) => void asked.push(resolve));
    costs.take(measure);
    costs.soFar();
    costs.take(() => measure());
    costs.soFar();
    expect(asked).toHaveLength(2);
    asked[0]?.(new Map([['old', 1]]));
    await settled();
    expect(costs.soFar().size).toBe(0);
    asked[1]?.(COSTS);
    await settled();
    expect(costs.soFar()).toBe(COSTS);
    expect(asked).toHaveLength(2);
  });

  it('knows nothing where rules are not in this process', () => {
    expect(new RuleCosts().soFar().size).toBe(0);
  });
});

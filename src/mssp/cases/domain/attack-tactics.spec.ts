import { furthestTactic, inKillChainOrder, stepsInOrder } from './attack-tactics.js';

describe('the kill chain', () => {
  it('orders tactics, with unknown ones last', () => {
    expect(inKillChainOrder(['impact', 'zeal', 'execution', 'initial-access', 'execution', 'art'])).toEqual([
      'initial-access',
      'execution',
      'impact',
      'art',
      'zeal',
    ]);
  });

  it('knows the furthest', () => {
    expect(furthestTactic(['discovery', 'exfiltration', 'unheard-of'])).toBe('exfiltration');
    expect(furthestTactic(['unheard-of'])).toBeUndefined();
    expect(furthestTactic([])).toBeUndefined();
  });

  it('counts the steps taken in its order of time', () => {
    const steps = (...tactics: [string, number][]) => stepsInOrder(new Map(tactics));
    expect(steps()).toBe(0);
    expect(steps(['execution', 1], ['discovery', 2], ['impact', 3])).toBe(3);
    expect(steps(['execution', 3], ['discovery', 2], ['impact', 1])).toBe(1);
    expect(steps(['execution', 5], ['persistence', 1], ['discovery', 2], ['impact', 9])).toBe(3);
    expect(steps(['execution', 1], ['unheard-of', 2], ['impact', 1])).toBe(2);
  });
});

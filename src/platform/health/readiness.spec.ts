import { healthStatus } from './readiness.js';

describe('the status of a process', () => {
  it.each([
    [false, [], 'ok'],
    [false, [['critical', 'up']], 'ok'],
    [
      false,
      [
        ['critical', 'up'],
        ['other', 'down'],
      ],
      'degraded',
    ],
    [
      false,
      [
        ['critical', 'down'],
        ['other', 'up'],
      ],
      'unready',
    ],
    [
      false,
      [
        ['critical', 'down'],
        ['other', 'down'],
      ],
      'unready',
    ],
    [true, [['critical', 'up']], 'draining'],
    [true, [['critical', 'down']], 'draining'],
  ] as const)('RES-11 with draining %s and %j is %s', (isDraining, states, expected) => {
    const dependencies = states.map(([kind, state]) => ({ critical: kind === 'critical', healthy: state === 'up' }));
    expect(healthStatus(isDraining, dependencies)).toBe(expected);
  });
});

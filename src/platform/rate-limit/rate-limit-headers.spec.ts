import fc from 'fast-check';
import { parseList } from 'structured-headers';
import { decide } from './gcra.js';
import { rateLimitHeaders } from './rate-limit-headers.js';
import { perSecond, SECOND_MICROS, type RatePolicy } from './rate-policy.js';

const START = 1_700_000_000 * SECOND_MICROS;

function headersAfter(policy: RatePolicy, taken: number, pause: number, cost: number): Record<string, string> {
  const [state] = decide([{ policy, cost: taken }], [undefined], START).changed;
  const [decision] = decide([{ policy, cost }], [state], START + pause).decisions;
  return decision ? rateLimitHeaders(policy, decision) : {};
}

describe('rate limit headers', () => {
  it('P16 say when to come back, rounded up', () => {
    expect(headersAfter(perSecond('ingest', 3, 10), 10, 0, 4)).toEqual({
      'X-RateLimit-Limit': '10',
      'X-RateLimit-Remaining': '0',
      'X-RateLimit-Reset': '4',
      'RateLimit-Policy': '"ingest";q=10;w=4',
      RateLimit: '"ingest";r=0;t=1',
      'Retry-After': '2',
    });
  });

  it('trap.P16-retry-after-never-early: a pause of less than a second is told as one', () => {
    expect(headersAfter(perSecond('ingest', 1_000, 10), 10, 0, 1)['Retry-After']).toBe('1');
    expect(headersAfter(perSecond('ingest', 1, 10), 10, 1, 1)['Retry-After']).toBe('1');
    expect(headersAfter(perSecond('ingest', 1, 10), 10, 0, 2)['Retry-After']).toBe('2');
    expect(headersAfter(perSecond('ingest', 1, 10), 10, 1, 2)['Retry-After']).toBe('2');
    expect(headersAfter(perSecond('ingest', 1, 10), 10, SECOND_MICROS, 2)['Retry-After']).toBe('1');
  });

  it('RL-09 headers: structured fields that agree with each other, whatever the limit and its state', () => {
    const whole = fc.integer({ min: 1, max: 100_000 });
    fc.assert(
      fc.property(whole, whole, fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(5 * SECOND_MICROS), (rate, burst, share, pause) => {
        const headers = headersAfter(perSecond('ingest', rate, burst), Math.floor(burst * share), pause, Math.ceil(burst / 2));
        const [[policyName, q] = []] = parseList(headers['RateLimit-Policy'] ?? '');
        const [[name, limit] = []] = parseList(headers['RateLimit'] ?? '');
        expect([policyName, name]).toEqual(['ingest', 'ingest']);
        expect([q?.get('q'), limit?.get('r')]).toEqual([burst, Number(headers['X-RateLimit-Remaining'])]);
        expect(Number(q?.get('w')) * rate).toBeGreaterThanOrEqual(burst);
        const more = Number(limit?.get('t'));
        expect(more).toBeLessThanOrEqual(Math.max(1, Number(headers['X-RateLimit-Reset'])));
        expect(more > 0).toBe(Number(limit?.get('r')) < burst);
        if (headers['Retry-After'] !== undefined) expect(Number(headers['Retry-After'])).toBeGreaterThanOrEqual(Math.max(1, more));
      }),
      { numRuns: 1_000 },
    );
  });
});

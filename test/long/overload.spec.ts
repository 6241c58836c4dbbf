import { overload } from '../support/overload.js';

describe('ten times as much as can be taken', () => {
  it('RES-08 overload-shed for 30 s leaves goodput, the critical class and the event loop whole, and is over in 5 s', async () => {
    const result = await overload({ peakSeconds: 10, seconds: 30 });
    process.stderr.write(`${JSON.stringify(result)}\n`);
    expect(result.goodput / result.peak).toBeGreaterThanOrEqual(0.8);
    expect(result.critical.answered / result.critical.asked).toBeGreaterThanOrEqual(0.99);
    expect(result.loopDelayP99Ms).toBeLessThan(200);
    expect(result.recoveryMs).toBeLessThanOrEqual(5_000);
    expect(Object.keys(result.attempts).sort()).toEqual(['202', '503']);
    expect(result.turnedAway).toBeGreaterThan(0);
    expect(result.turnedAway).toBe(result.attempts['503']);
    expect(result.remainder).toBe(0);
  }, 300_000);
});

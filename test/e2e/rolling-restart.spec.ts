import { rollingRestart } from '../support/rolling-restart.js';

describe('a rolling restart', () => {
  it('RES-09 trap.P23-drain-zero-failures three times over, under load, fails no request and loses nothing', async () => {
    const { failures, exits, acknowledged, stored, remainder, slowUploads, unfinishedWork } = await rollingRestart(3);
    expect(failures).toEqual([]);
    expect(exits.map(({ code }) => code)).toEqual(Array(9).fill(0));
    expect(Math.max(...exits.map(({ seconds }) => seconds))).toBeLessThan(20);
    expect(slowUploads).toBeGreaterThan(5);
    expect({ stored, remainder, unfinishedWork }).toEqual({ stored: acknowledged, remainder: 0, unfinishedWork: 0 });
  }, 180_000);
});

import { rollingRestart } from '../support/rolling-restart.js';

describe('rolling restarts', () => {
  it('RES-09 ten times over, under load, fail no request and lose nothing', async () => {
    const result = await rollingRestart(10);
    process.stderr.write(`${JSON.stringify({ ...result, failures: result.failures.length })}\n`);
    const { failures, exits, acknowledged, stored, remainder, unfinishedWork } = result;
    expect(failures).toEqual([]);
    expect(exits.map(({ code }) => code)).toEqual(Array(30).fill(0));
    expect(Math.max(...exits.map(({ seconds }) => seconds))).toBeLessThan(20);
    expect({ stored, remainder, unfinishedWork }).toEqual({ stored: acknowledged, remainder: 0, unfinishedWork: 0 });
  }, 900_000);
});

import { BuiltApp } from '../support/built-app.js';
import { attackSlowly, hasSlowHttpTest } from '../support/slow-attack.js';

describe('slow clients, at length', () => {
  let app: BuiltApp;
  beforeAll(async () => {
    app = await BuiltApp.start();
  });
  afterAll(() => app.stop());

  it('HOS-01 serves the honest as fast as before within twice the time, under 1,000 connections of each kind', async () => {
    if (!hasSlowHttpTest()) return;
    const { alone, attacked, most, endedMs } = await attackSlowly(app.baseUrl, {
      headers: 1_000,
      body: 1_000,
      read: 1_000,
      aSecond: 200,
      aloneMs: 15_000,
    });
    expect(attacked.failed).toBe(0);
    expect(most).toBeGreaterThan(900);
    expect(endedMs).toBeLessThanOrEqual(16_000);
    expect(attacked.p99).toBeLessThanOrEqual(2 * Math.max(alone.p99, 25));
  });
});

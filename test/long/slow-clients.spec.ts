import { BuiltApp } from '../support/built-app.js';
import { attackSlowly, hasSlowHttpTest } from '../support/slow-attack.js';

/** Below this the machine decides. */
const GRAIN_MS = 10;

describe('slow clients, at length', () => {
  let app: BuiltApp;
  beforeAll(async () => {
    app = await BuiltApp.start();
  });
  afterAll(() => app.stop());

  // A key has a bound of requests at one time, and who reads slowly has little left to read: fewer of these are there together.
  it.each([
    ['headers', 900],
    ['body', 100],
    ['read', 50],
  ] as const)('HOS-01 slowloris: 1,000 connections with slow %s keep nobody waiting twice as long', async (kind, together) => {
    if (!hasSlowHttpTest()) return;
    const attack = {
      headers: 0,
      body: 0,
      read: 0,
      [kind]: 1_000,
      aSecond: 100,
      key: app.apiKey('acme-corp', 'collector'),
      aloneMs: 15_000,
    };
    const { alone, attacked, most, endedMs } = await attackSlowly(app.baseUrl, attack);
    expect(attacked.failed).toBe(0);
    expect(most).toBeGreaterThan(together);
    expect(endedMs).toBeLessThanOrEqual(16_000);
    expect(attacked.p99).toBeLessThanOrEqual(2 * Math.max(alone.p99, GRAIN_MS));
  });

  it('HOS-01 slowloris: 1,000 of each kind at once fail nobody, and are cut', async () => {
    if (!hasSlowHttpTest()) return;
    const all = { headers: 1_000, body: 1_000, read: 1_000, aSecond: 200, key: app.apiKey('acme-corp', 'collector'), aloneMs: 15_000 };
    const { alone, attacked, most, endedMs } = await attackSlowly(app.baseUrl, all);
    expect(attacked.failed).toBe(0);
    expect(most).toBeGreaterThan(900);
    expect(endedMs).toBeLessThanOrEqual(16_000);
    expect(attacked.p99).toBeLessThanOrEqual(2 * Math.max(alone.p99, GRAIN_MS));
  });
});

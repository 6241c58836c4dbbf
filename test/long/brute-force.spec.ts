import { request } from 'node:http';
import { generateApiKey } from '../../src/platform/auth/api-key.js';
import { startApp, type RunningApp } from '../support/running-app.js';

const TRIES = 10_000;
const AT_ONCE = 50;

describe('trying credentials, at length', () => {
  let running: RunningApp;
  beforeAll(async () => {
    running = await startApp();
  });
  afterAll(() => running.close());

  const exchange = (key: string, from: string): Promise<number> => {
    const { hostname, port } = new URL(running.baseUrl);
    const headers = { 'X-API-Key': key };
    return new Promise((resolve, reject) => {
      request({ hostname, port, localAddress: from, method: 'POST', path: '/api/v1/auth/token', headers }, (answer) => {
        answer.resume();
        answer.once('end', () => resolve(answer.statusCode ?? 0));
      })
        .once('error', reject)
        .end();
    });
  };

  it('AUTH-06 of 10,000 wrong keys from one address fewer than 50 are looked at, and others of the tenant go on', async () => {
    const statuses = new Map<number, number>();
    for (let n = 0; n < TRIES; n += AT_ONCE) {
      const tried = await Promise.all(Array.from({ length: AT_ONCE }, () => exchange(generateApiKey('test').text, '127.0.0.1')));
      for (const status of tried) statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (n % 1_000 === 0) expect(await exchange(running.apiKey('acme-corp', 'viewer'), '127.0.0.2')).toBe(200);
    }
    expect(statuses.get(401)).toBeLessThan(50);
    expect((statuses.get(401) ?? 0) + (statuses.get(429) ?? 0)).toBe(TRIES);
  }, 300_000);
});

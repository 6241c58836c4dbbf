import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { generateApiKey, hashApiKeySecret, isHashOf } from '../../src/platform/auth/api-key.js';
import { ApiKeyStrategy } from '../../src/platform/auth/api-key-strategy.js';
import type { AdmittedRequest } from '../../src/platform/auth/caller.decorator.js';
import { CredentialAttempts } from '../../src/platform/auth/credential-attempts.js';
import { issueApiKey } from '../../src/platform/auth/issue-api-key.js';
import { KeyAuthenticator } from '../../src/platform/auth/key-authenticator.js';
import { SqliteApiKeyStore } from '../../src/platform/auth/sqlite-api-key-store.js';
import { SystemClock } from '../../src/platform/clock/system-clock.js';
import type { RateVerdict } from '../../src/platform/rate-limit/rate-limit-store.js';
import { SecretRing } from '../../src/platform/secrets/secret-ring.js';
import { BuiltApp } from '../support/built-app.js';
import { openSqlite } from '../support/store-engines.js';

const SAMPLES = 100_000;
/** No refusal is answered within 20 ms: many are asked for at once. */
const AT_ONCE = 64;
const HTTP_SAMPLES = 4_000;
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Welch's t of two classes, after the slowest tenth of all is left out as dudect does (interrupts, collections). */
function welch(times: readonly [readonly number[], readonly number[]]): number {
  const cut = [...times[0], ...times[1]].sort((a, b) => a - b)[Math.floor((times[0].length + times[1].length) * 0.9)] ?? Infinity;
  const [a, b] = times.map((of) => {
    const kept = of.filter((time) => time <= cut);
    const mean = kept.reduce((sum, time) => sum + time, 0) / kept.length;
    const variance = kept.reduce((sum, time) => sum + (time - mean) ** 2, 0) / (kept.length - 1);
    return { mean, perSample: variance / kept.length };
  }) as [{ mean: number; perSample: number }, { mean: number; perSample: number }];
  return (a.mean - b.mean) / Math.sqrt(a.perSample + b.perSample);
}

const median = (times: readonly number[]): number => [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;

/** A well-formed key with the id and secret given. */
function keyOf(keyId: string, secret: string): string {
  const body = `gtr_test_${keyId}_${secret}`;
  let rest = crc32(body);
  let sum = '';
  for (let digit = 0; digit < 6; digit++) {
    sum = DIGITS.charAt(rest % 62) + sum;
    rest = Math.floor(rest / 62);
  }
  return `${body}_${sum}`;
}

describe('the time that a wrong key takes', () => {
  const pepper = SecretRing.of(Buffer.alloc(32, 7));

  it('KEY-03 does not tell whether the first or the last byte of a hash differs: |t| < 4.5 over 100,000 samples', () => {
    const { secret } = generateApiKey('test');
    const hash = hashApiKeySecret(pepper.current.bytes, secret);
    const other = (digit: string): string => (digit === '0' ? '1' : '0');
    const hashes = [other(hash.charAt(0)) + hash.slice(1), hash.slice(0, -1) + other(hash.charAt(hash.length - 1))];
    const times: [number[], number[]] = [[], []];
    for (let sample = -5_000; sample < SAMPLES; sample++) {
      const kind = randomInt(2);
      const began = process.hrtime.bigint();
      const same = isHashOf(pepper, hashes[kind] ?? '', secret);
      const took = Number(process.hrtime.bigint() - began);
      if (same) throw new Error('equal');
      if (sample >= 0) times[kind]?.push(took);
    }
    const t = welch(times);
    process.stdout.write(`KEY-03 first against last byte: t = ${t.toFixed(2)}, medians ${median(times[0])} and ${median(times[1])} ns\n`);
    expect(Math.abs(t)).toBeLessThan(4.5);
  });

  it('KEY-03 does not tell an unknown id from a wrong secret: |t| < 4.5 over 100,000 samples', async () => {
    const clock = new SystemClock();
    const { stored } = issueApiKey(
      pepper.current,
      { tenant: null, principal: 'p', kind: 'person', environment: 'development', roles: [], label: '', createdBy: '', expiresAt: null },
      clock.isoNow(),
    );
    const stores = await openSqlite();
    try {
      const store = new SqliteApiKeyStore(stores.platform, clock);
      await store.add([stored], []);
      const revocations = { revokedAt: () => undefined };
      const keys = new KeyAuthenticator({ store, pepper, clock, revocations, environment: 'development' });
      const limits = { take: async () => ({ admitted: true, decisions: [] }) as unknown as RateVerdict };
      const strategy = new ApiKeyStrategy(keys, new CredentialAttempts(limits, clock, Number.MAX_SAFE_INTEGER));
      const { secret } = generateApiKey('test');
      const texts = [keyOf(stored.key_id, secret), keyOf('zzzzzzzzzzzz', secret)];
      const times: [number[], number[]] = [[], []];
      const inTurn = async (samples: number): Promise<void> => {
        for (let sample = -100; sample < samples; sample++) {
          const kind = randomInt(2);
          const request = { headers: { 'x-api-key': texts[kind] }, sourceIp: '192.0.2.1' } as unknown as AdmittedRequest;
          const began = process.hrtime.bigint();
          if (await strategy.authenticate(request)) throw new Error('taken');
          const took = Number(process.hrtime.bigint() - began);
          if (sample >= 0) times[kind]?.push(took);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, () => inTurn(SAMPLES / AT_ONCE)));
      const t = welch(times);
      process.stdout.write(
        `KEY-03 wrong secret against unknown id: t = ${t.toFixed(2)}, medians ${median(times[0])} and ${median(times[1])} ns\n`,
      );
      expect(Math.abs(t)).toBeLessThan(4.5);
    } finally {
      await stores.close();
    }
  });

  it('KEY-03 over HTTP the medians of an unknown id and a wrong secret differ by less than 5 %', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'gatra-time-'));
    const app = await BuiltApp.start({ dataDir, env: { AUTH_FAILURE_LIMIT: '1000000' } });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    try {
      const keyId = app.apiKey('acme-corp', 'viewer').split('_')[2] ?? '';
      const { hostname, port } = new URL(app.baseUrl);
      const ask = (key: string): Promise<number> =>
        new Promise((resolve, reject) => {
          const began = process.hrtime.bigint();
          const options = { hostname, port, agent, method: 'POST', path: '/api/v1/auth/token', headers: { 'X-API-Key': key } };
          request(options, (answer) => {
            answer.resume();
            answer.once('end', () =>
              answer.statusCode === 401 ? resolve(Number(process.hrtime.bigint() - began)) : reject(new Error(String(answer.statusCode))),
            );
          })
            .once('error', reject)
            .end();
        });
      const times: [number[], number[]] = [[], []];
      for (let sample = -400; sample < HTTP_SAMPLES; sample++) {
        const kind = randomInt(2);
        const took = await ask(keyOf(kind === 0 ? keyId : generateApiKey('test').keyId, generateApiKey('test').secret));
        if (sample >= 0) times[kind]?.push(took);
      }
      const [wrong, unknown] = [median(times[0]), median(times[1])];
      process.stdout.write(
        `KEY-03 over HTTP: wrong secret ${Math.round(wrong / 1_000)} µs, unknown id ${Math.round(unknown / 1_000)} µs\n`,
      );
      expect(Math.abs(wrong - unknown) / wrong).toBeLessThan(0.05);
    } finally {
      agent.destroy();
      await app.stop();
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import type { Delivery } from './load-client.js';
import { loadPage } from './load-page.js';
import { bestRate, brokenBounds, describeLoad, loadReport, sustainedRate, type LoadReport } from './load-report.js';
import { parseStages } from './rate-plan.js';
import { runLoad } from './run-load.js';

const OK: Delivery = { ok: true, attempts: ['503', '202'], accepted: 9, duplicates: 1, rejected: 0 };
const FAILED: Delivery = { ok: false, attempts: ['ECONNRESET'], accepted: 0, duplicates: 0, rejected: 0 };
const batches = { next: () => Promise.resolve({ source: 'auto', events: 10, body: Buffer.from('{}') }) };

async function run(stages: string, deliver: (key: string) => Promise<Delivery>): Promise<LoadReport> {
  const plan = parseStages(stages);
  const { tally, seconds } = await runLoad({ stages: plan, keys: ['a', 'b'], batches, client: { deliver }, onProgress: () => undefined });
  return loadReport(tally, { startedAt: new Date(0), url: 'http://<host>', stages: plan, batch: 10, tenants: 2, seconds });
}

describe('a run of load', () => {
  it('R48 keeps to its rate while a server stalls, and measures from when each request was due', async () => {
    const freed = sleep(600);
    const report = await run('100:1', () => freed.then(() => OK));
    expect(report.requests).toEqual({ due: 100, ok: 100, failed: 0, not_sent: 0, retries: 100 });
    expect(report.latency_ms.max).toBeGreaterThan(550);
    expect(report.distribution.reduce((sum, { count }) => sum + count, 0)).toBe(100);
    expect(report.distribution.length).toBeGreaterThan(3);
    expect(report.attempts).toEqual({ 202: 100, 503: 100 });
    expect(report.events).toEqual({ sent: 1_000, accepted: 900, duplicates: 100, rejected: 0 });
  });

  it('R48 has the keys take turns, counts what fails, and says which bound was broken', async () => {
    const keys: string[] = [];
    const report = await run('20:0.5', async (key) => {
      keys.push(key);
      return keys.length % 5 === 0 ? FAILED : OK;
    });
    expect(keys).toEqual(Array.from({ length: 10 }, (_, n) => (n % 2 === 0 ? 'a' : 'b')));
    expect(report.requests).toMatchObject({ due: 10, ok: 8, failed: 2 });
    expect(brokenBounds(report, { errors: 2, p99: 60_000 })).toEqual([]);
    expect(brokenBounds(report, { errors: 1, p99: undefined })).toEqual(['2 requests failed; at most 1 were to']);
    expect(brokenBounds({ ...report, latency_ms: { ...report.latency_ms, p99: 51 } }, { errors: undefined, p99: 50 })).toHaveLength(1);
    expect(brokenBounds({ ...report, requests: { ...report.requests, ok: 0 } }, { errors: undefined, p99: undefined })).toHaveLength(1);
    expect(describeLoad(report)).toContain('10 due = 8 ok + 2 failed + 0 not sent');
    const page = loadPage(report);
    expect(page).toContain('http://&lt;host&gt;');
    expect(page).not.toContain('<script');
    expect(page.match(/<svg /g)).toHaveLength(2);
  });

  it('R48 finds the best five seconds', () => {
    expect(bestRate([1, 9, 9, 9, 9, 9, 0].map((ok) => ({ ok })))).toBe(9);
    expect(bestRate([{ ok: 4 }, { ok: 6 }])).toBe(5);
    expect(bestRate([])).toBe(0);
    const second = (ok: number, failed = 0, longest_ms = 20) => ({ ok, failed, longest_ms });
    const calm = Array.from({ length: 10 }, () => second(5));
    expect(sustainedRate([...calm, second(90, 1), second(90)])).toBe(5);
    expect(sustainedRate([second(9), ...calm])).toBe(5.4);
    expect(sustainedRate([...calm, second(90, 0, 1_001)])).toBe(5);
    expect(sustainedRate(calm.slice(1))).toBe(0);
  });
});

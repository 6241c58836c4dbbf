import { Metrics } from '../../src/platform/observability/metrics.js';
import { TenantCounter } from '../../src/platform/observability/tenant-counter.js';
import { ApiDocument } from '../support/api-document.js';
import { BuiltApp } from '../support/built-app.js';
import { startApp, type RunningApp } from '../support/running-app.js';

const TENANTS = 5_000;
const pick = (words: Record<string, string>, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(Object.entries(words).filter(([name]) => names.includes(name)));
const MOST_BYTES = 5 * 1024 * 1024;

describe('the metrics of many tenants', () => {
  let running: RunningApp;
  beforeAll(async () => {
    running = await startApp({ env: { METRICS_MOST_TENANTS: '50' } });
  });
  afterAll(() => running.close());

  it('TEN-14 trap.P24-cardinality-bounded stay small with 5,000 tenants on all routes, and never show a raw path or an id', async () => {
    const metrics = running.app.get(Metrics);
    const counters = Object.values(metrics).filter((part): part is TenantCounter<string> => part instanceof TenantCounter);
    expect(counters.length).toBeGreaterThanOrEqual(9);
    const words = { verdict: 'true_positive', severity: 'high', classification: 'malicious', status: 'executed', code: 'not_an_object' };
    for (let tenant = 0; tenant < TENANTS; tenant++) {
      for (const counter of counters) counter.inc({ ...pick(words, counter.labelNames), tenant_id: `tenant-${tenant}` });
    }

    const built = await BuiltApp.start();
    const { operations } = await ApiDocument.of(built.baseUrl);
    await built.stop();
    const token = await running.token('acme-corp', 'viewer');
    for (const [n, { method, path }] of operations.entries()) {
      const instance = path.replace(/\{\w+\}/g, () => `raw-id-${n}`);
      await fetch(running.baseUrl + instance, { method, headers: { Authorization: `Bearer ${token}` } });
      await fetch(`${running.baseUrl}/nowhere/raw-id-${n}`, { method });
    }

    const scrape = await running.http
      .get('/metrics')
      .set('Authorization', `Bearer ${await running.token('platform')}`)
      .expect(200);
    const series = scrape.text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    process.stdout.write(`${operations.length} operations, ${TENANTS} tenants: ${series.length} series, ${scrape.text.length} bytes\n`);
    expect(scrape.text.length).toBeLessThan(MOST_BYTES);
    expect(series.length).toBeLessThan(counters.length * 51 + 40 * operations.length + 500);
    expect(scrape.text).not.toContain('raw-id');
    expect(scrape.text).not.toContain('nowhere');
    const tenants = new Set(series.map((line) => /tenant_id="([^"]+)"/.exec(line)?.[1]).filter((tenant) => tenant !== undefined));
    expect(tenants.size).toBeLessThanOrEqual(51);
    expect(tenants).toContain('_other');
    expect(series).toContain(`events_ingested{tenant_id="_other"} ${TENANTS - 50}`);
  });
});

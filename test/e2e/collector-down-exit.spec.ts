import { BuiltApp } from '../support/built-app.js';
import { SpanCollector } from '../support/span-collector.js';

const EXIT_WITHIN_MS = 5_000;

describe('a process that ends while its collector of spans is away', () => {
  /** Has spans wait, then ends the process; answers its exit code and how long it took. */
  async function end(endpoint: string): Promise<{ readonly code: number | null; readonly ms: number }> {
    const app = await BuiltApp.start({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_TIMEOUT: '60000' } });
    for (let n = 0; n < 20; n++) await fetch(`${app.baseUrl}/health/live`);
    const began = performance.now();
    const code = await app.stop();
    return { code, ms: performance.now() - began };
  }

  it('RES-10 collector-down-exit: one that hangs holds the exit up for two seconds at most', async () => {
    const collector = await SpanCollector.start();
    collector.mode = 'hang';
    const { code, ms } = await end(collector.url);
    await collector.close();
    expect(code).toBe(0);
    expect(ms).toBeLessThan(EXIT_WITHIN_MS);
    expect(collector.authorizations.length).toBeGreaterThan(0);
  });

  it('RES-10 collector-down-exit: one that nobody answers for does as little', async () => {
    const collector = await SpanCollector.start();
    const { url } = collector;
    await collector.close();
    const { code, ms } = await end(url);
    expect(code).toBe(0);
    expect(ms).toBeLessThan(EXIT_WITHIN_MS);
  });
});

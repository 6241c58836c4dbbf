import { BuiltApp } from '../support/built-app.js';
import { load, memorySlope, watched } from '../support/watched-load.js';

const MINUTES = Number(process.env['STEADY_MINUTES'] ?? 5);
const BATCH = ['--batch', '100'];

describe('four fifths of what can be taken', () => {
  let app: BuiltApp;
  beforeAll(async () => {
    app = await BuiltApp.start({ asShipped: true });
  });
  afterAll(() => app.stop());

  it('R48 are taken without an error, and memory does not grow', async () => {
    const ramp = await load(app, ['--stages', '20..400:60', ...BATCH, '--connections', '64']);
    const rate = Math.floor(ramp.best_requests_per_second * 0.8);
    const { result, samples } = await watched(app, () => load(app, ['--stages', `${rate}:${MINUTES * 60}`, ...BATCH]));
    const slope = memorySlope(samples);
    const { requests, events_per_second: eps, latency_ms: latency } = result;
    const figures = { capacity: ramp.best_requests_per_second, rate, requests, eps, latency, slope, last: samples.at(-1) };
    process.stderr.write(`${JSON.stringify(figures)}\n`);
    expect(requests.failed + requests.not_sent).toBe(0);
    expect(slope).toBeLessThan(1);
  });
});

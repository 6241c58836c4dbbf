import { BuiltApp } from '../support/built-app.js';
import { load, memorySlope, watched } from '../support/watched-load.js';

const MINUTES = Number(process.env['STEADY_MINUTES'] ?? 5);
/** The tenant of the two whose own limit is beyond what the machine can do. */
const SENT = ['--tenant', 'acme-corp', '--batch', '100'];

describe('four fifths of what can be taken', () => {
  let app: BuiltApp;
  beforeAll(async () => {
    app = await BuiltApp.start({ asShipped: true });
  });
  afterAll(() => app.stop());

  it('R48 are taken without an error, and memory does not grow', async () => {
    const ramp = await load(app, ['--stages', '20..320:90', ...SENT]);
    const rate = Math.floor(ramp.sustained_requests_per_second * 0.8);
    const { result, samples } = await watched(app, () => load(app, ['--stages', `${rate}:${MINUTES * 60}`, ...SENT]));
    const slope = memorySlope(samples);
    const live = [...new Set(samples.map(({ liveMiB }) => liveMiB?.toFixed(1)))];
    const { requests, events_per_second: eps, latency_ms: latency } = result;
    const failing = result.each_second.flatMap(({ failed }, second) => (failed > 0 ? [`${second} s: ${failed}`] : []));
    const figures = {
      capacity: ramp.sustained_requests_per_second,
      rate,
      requests,
      eps,
      latency,
      failing,
      slope,
      live,
      last: samples.at(-1),
    };
    process.stderr.write(`${JSON.stringify(figures)}\n`);
    expect(requests.failed + requests.not_sent).toBe(0);
    expect(slope).toBeLessThan(1);
  });
});

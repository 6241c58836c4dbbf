import { setTimeout as sleep } from 'node:timers/promises';
import { BuiltApp } from '../support/built-app.js';
import { collectGarbage, INSPECTED } from '../support/collect-garbage.js';
import { load, processSample, slopeOf } from '../support/watched-load.js';

const MINUTES = Number(process.env['STEADY_MINUTES'] ?? 12);
/** Rounds before those that memory is compared over: indexes fill, all threads are started, and V8 has compiled what is seldom run, which takes it ten minutes. */
const WARM_UP = 10;
/** What detection remembers is bounded, but grows and is halved by more than what is looked for, and that within as many minutes. */
const CACHE = { DETECTION_CACHE_BYTES: '65536' } as const;
/** Threads tell of their heaps every two seconds, the main one every five. */
const TOLD_MS = 6_000;
/** Days between the first ones of two rounds: more than a round has, as no source tells of a day twice. */
const DAYS_APART = 100;
/** Goes beyond what can be taken: one that is held to its end says nothing of that. */
const RAMP = { from: 20, to: 620, seconds: 180 } as const;
/** The tenant of the two whose own limit is beyond what the machine can do. */
const SENT = ['--tenant', 'acme-corp', '--batch', '100'];

describe('four fifths of what can be taken', () => {
  let app: BuiltApp;
  beforeAll(async () => {
    app = await BuiltApp.start({ asShipped: true, env: { ...INSPECTED, ...CACHE } });
  });
  afterAll(() => app.stop());

  it('R48 are taken without an error, and memory does not grow', async () => {
    // Before the rounds: of groups of events that lie behind the tenant's newest it is not known for how long others of their time will come.
    const stages = `${RAMP.from}..${RAMP.to}:${RAMP.seconds}`;
    const ramp = await load(app, ['--stages', stages, '--from', firstDay(-10), ...SENT]);
    expect(ramp.sustained_requests_per_second).toBeLessThan(RAMP.to * 0.9);
    const rate = Math.floor(ramp.sustained_requests_per_second * 0.8);
    const held: { seconds: number; liveMiB: number }[] = [];
    const began = performance.now();
    let [sent, failed] = [0, 0];
    for (let minute = 0; minute < WARM_UP + MINUTES; minute += 1) {
      const {
        requests,
        events_per_second: eps,
        latency_ms: latency,
      } = await load(app, ['--stages', `${rate}:60`, '--from', firstDay(minute), ...SENT]);
      if (minute >= WARM_UP) [sent, failed] = [sent + requests.ok, failed + requests.failed + requests.not_sent];
      // What is under way needs memory and comes and goes: what is needed besides is looked at where nothing is.
      await collectGarbage(app);
      await sleep(TOLD_MS);
      const { liveMiB = NaN, live, rssMiB } = await processSample(app);
      held.push({ seconds: (performance.now() - began) / 1_000, liveMiB });
      process.stderr.write(`${JSON.stringify({ minute, requests, eps, latency, liveMiB, live, rssMiB })}\n`);
    }
    const slope = slopeOf(held.slice(WARM_UP));
    process.stderr.write(`${JSON.stringify({ capacity: ramp.sustained_requests_per_second, rate, sent, failed, slope })}\n`);
    expect(failed).toBe(0);
    expect(slope).toBeLessThan(1);
  });
});

function firstDay(minute: number): string {
  return new Date(Date.UTC(2010, 0, 1 + minute * DAYS_APART)).toISOString().slice(0, 10);
}

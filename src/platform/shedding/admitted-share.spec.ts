import fc from 'fast-check';
import { EVERYTHING, nextShare, type AdmittedShare, type Delays } from './admitted-share.js';
import { criticalityOf } from './criticality.js';
import { QueueDelay } from './queue-delay.js';
import { Spread } from './spread.js';

const LIMITS: Delays = { loop: 60, queue: 2_000 };
const OVER: Delays = { loop: 200, queue: 0 };
const CALM: Delays = { loop: 0, queue: 0 };

function after(intervals: number, delays: Delays, from: AdmittedShare = EVERYTHING): AdmittedShare {
  let share = from;
  for (let n = 0; n < intervals; n += 1) share = nextShare(share, delays, LIMITS);
  return share;
}

describe('the share that is let in', () => {
  it('RES-08 lets bursts pass, and turns events away once a delay stands, by the loop or by the queue', () => {
    expect(after(2, OVER).ingest).toBe(1);
    expect(after(2, OVER, after(1, CALM, after(2, OVER))).ingest).toBe(1);
    expect(after(3, OVER).ingest).toBeLessThan(1);
    expect(after(3, { loop: 0, queue: 2_001 }).ingest).toBeLessThan(1);
  });

  it('RES-08 turns other requests away only where turning events away was not enough, and takes them again first', () => {
    const worst = after(100, OVER);
    expect(worst).toMatchObject({ ingest: 0.05, normal: 0.25 });
    expect(after(13, OVER).normal).toBe(1);
    const better = after(6, CALM, worst);
    expect([better.normal, better.ingest]).toEqual([1, 0.05]);
  });

  it('RES-08 holds between calm and too much, and is back to everything within 3 s of calm from the least of it', () => {
    const some = after(8, OVER);
    expect(after(50, { loop: 50, queue: 0 }, some)).toEqual({ ...some, streak: 0 });
    expect(after(11, CALM, after(100, OVER))).toMatchObject({ ingest: 1, normal: 1 });
  });

  it('RES-08 settles at what can be served, however much more is sent', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 19 }), (times) => {
        let share = EVERYTHING;
        let served = 0;
        for (let n = 0; n < 200; n += 1) {
          share = nextShare(share, { loop: share.ingest * times > 1 ? 200 : 10, queue: 0 }, LIMITS);
          if (n >= 40) served += Math.min(1, share.ingest * times);
        }
        expect(served / 160).toBeGreaterThan(0.8);
      }),
    );
  });

  it('RES-08 is spread evenly', () => {
    const spread = new Spread();
    const passed = Array.from({ length: 1_000 }, () => spread.admits(0.25));
    expect(passed.filter(Boolean)).toHaveLength(250);
    expect(passed.slice(0, 8)).toEqual([false, false, false, true, false, false, false, true]);
    expect(spread.admits(1)).toBe(true);
    expect(new Spread().admits(0)).toBe(false);
  });
});

describe('the delay of the queue', () => {
  it('RES-08 is the shortest that any had to wait: one that is large, or one that hangs, is no queue', () => {
    const delay = new QueueDelay();
    expect(delay.take(0)).toBe(0);
    const first = delay.begin(0);
    expect(delay.take(9_000)).toBe(0);
    const second = delay.begin(9_000);
    expect(delay.take(9_500)).toBe(500);
    for (let n = 0; n < 30; n += 1) delay.begin(9_500);
    second(9_600);
    first(9_700);
    first(9_900);
    expect(delay.take(9_700)).toBe(600);
    expect(delay.take(9_800)).toBe(300);
  });

  it('RES-08 is gone with the queue, however long those that ended had waited in it', () => {
    const delay = new QueueDelay();
    delay.take(0);
    const waiting = Array.from({ length: 100 }, () => delay.begin(0));
    expect(delay.take(3_000)).toBe(3_000);
    for (const end of waiting.slice(0, 50)) end(3_500);
    expect(delay.take(3_500)).toBe(500);
    for (const end of waiting.slice(50, 95)) end(4_000);
    expect(delay.take(4_000)).toBeLessThan(60);
  });
});

describe('what a request is for', () => {
  it('RES-08 is told from method and path', () => {
    for (const path of [
      '/health',
      '/health/ready',
      '/metrics',
      '/admin/drain',
      '/edl/acme/ip',
      '/api/v1/auth/token',
      '/api/v1/approvals/a/approve',
      '/api/v1/containment/actions',
      '/api/v1/contain',
      '/api/v1/incidents/i/actions',
      '/.well-known/jwks.json',
    ])
      expect([path, criticalityOf('POST', path)]).toEqual([path, 'critical']);
    expect(criticalityOf('POST', '/api/v1/events')).toBe('ingest');
    expect(criticalityOf('POST', '/API/v1/events/')).toBe('ingest');
    for (const path of ['/api/v1/events', '/api/v1/incidents/i', '/healthy', '/adminx', '/api/v1/approvalsx', '/docs'])
      expect([path, criticalityOf('GET', path)]).toEqual([path, 'normal']);
  });
});

import fc from 'fast-check';
import { CircuitBreaker } from './circuit-breaker.js';
import type { BreakerKind, BreakerSettings, CallOutcome } from './breaker-machine.js';
import { OutboundUnavailable } from './outbound-unavailable.js';

/** What can happen to a circuit. `call` begins one, `end` ends the n-th that is under way. */
type Step =
  | { readonly do: 'call' }
  | { readonly do: 'end'; readonly which: number; readonly outcome: CallOutcome }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'reset' | 'isolate' };

const STEP: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ do: 'call' } as const) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('end' as const),
      which: fc.nat(20),
      outcome: fc.constantFrom<CallOutcome>('success', 'failure', 'failure', 'ignored'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 499, 500, 501, 2_000) }) },
  { weight: 1, arbitrary: fc.constantFrom({ do: 'reset' } as const, { do: 'isolate' } as const) },
);

const SETTINGS: fc.Arbitrary<BreakerSettings> = fc.record({
  failures: fc.integer({ min: 1, max: 6 }),
  recoveryMs: fc.constant(500),
  probes: fc.integer({ min: 1, max: 3 }),
});

/** What a circuit breaker is, told as the history of its calls: no states are kept but the last change and what ended since. */
class Model {
  private changedAt = 0;
  private era = 0;
  kind: BreakerKind = 'closed';
  private ended: CallOutcome[] = [];
  private running = 0;

  constructor(private readonly settings: BreakerSettings) {}

  /** The era of the call, if it may be made. */
  call(now: number): number | undefined {
    if (this.kind === 'open' && now - this.changedAt >= this.settings.recoveryMs) this.turn('half_open', now);
    if (this.kind === 'open' || this.kind === 'isolated') return undefined;
    const worked = this.ended.filter((outcome) => outcome === 'success').length;
    if (this.kind === 'half_open' && this.running + worked >= this.settings.probes) return undefined;
    this.running += 1;
    return this.era;
  }

  end(era: number, outcome: CallOutcome, now: number): void {
    if (era !== this.era) return;
    this.running -= 1;
    this.ended.push(outcome);
    const told = this.ended.filter((each) => each !== 'ignored');
    const inARow = told.length - 1 - told.lastIndexOf('success');
    if (this.kind === 'closed' && inARow >= this.settings.failures) this.turn('open', now);
    if (this.kind !== 'half_open') return;
    if (outcome === 'failure') this.turn('open', now);
    else if (told.length >= this.settings.probes) this.turn('closed', now);
  }

  turn(kind: BreakerKind, now: number): void {
    this.kind = kind;
    this.changedAt = now;
    this.era += 1;
    this.ended = [];
    this.running = 0;
  }
}

interface UnderWay {
  readonly era: number;
  readonly settle: (outcome: CallOutcome) => Promise<unknown>;
}

/** Lets a real breaker and the model live through the same; @throws where they differ. */
async function liveThrough(settings: BreakerSettings, steps: readonly Step[]): Promise<void> {
  let now = 0;
  const breaker = new CircuitBreaker(
    'it',
    settings,
    () => now,
    () => undefined,
  );
  const model = new Model(settings);
  const underWay: UnderWay[] = [];
  for (const step of steps) {
    if (step.do === 'wait') now += step.ms;
    else if (step.do === 'call') begin(breaker, model.call(now), underWay);
    else if (step.do === 'end') {
      const [call] = underWay.splice(step.which % Math.max(1, underWay.length), 1);
      if (!call) continue;
      await call.settle(step.outcome);
      model.end(call.era, step.outcome, now);
    } else {
      breaker[step.do]();
      model.turn(step.do === 'reset' ? 'closed' : 'isolated', now);
    }
    expect(breaker.kind).toBe(model.kind);
  }
  await Promise.all(underWay.map(({ settle }) => settle('success')));
}

function begin(breaker: CircuitBreaker, era: number | undefined, underWay: UnderWay[]): void {
  let finish: ((outcome: CallOutcome) => void) | undefined;
  const running = breaker.run(
    () => new Promise<void>((resolve, reject) => (finish = (outcome) => (outcome === 'success' ? resolve() : reject(new Error(outcome))))),
    (error) => (error as Error).message as CallOutcome,
  );
  const ended = running.catch((error: unknown) => error);
  expect(finish !== undefined).toBe(era !== undefined);
  if (finish && era !== undefined) {
    const end = finish;
    underWay.push({
      era,
      settle: (outcome) => {
        end(outcome);
        return ended;
      },
    });
  }
}

describe('circuit breaker', () => {
  it('RES-02 breaker-model: 10,000 lives, no difference from the model', async () => {
    await fc.assert(fc.asyncProperty(SETTINGS, fc.array(STEP, { minLength: 1, maxLength: 60 }), liveThrough), { numRuns: 10_000 });
  }, 60_000);

  it('trap.P21-half-open-probe-cap: of 1,000 callers at once three are let through, and the others fail at once', async () => {
    let now = 0;
    const breaker = new CircuitBreaker(
      'it',
      { failures: 1, recoveryMs: 30_000, probes: 3 },
      () => now,
      () => undefined,
    );
    await breaker
      .run(
        () => Promise.reject(new Error('down')),
        () => 'failure',
      )
      .catch(() => undefined);
    now = 30_000;
    let probes = 0;
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const began = performance.now();
    const calls = Array.from({ length: 1_000 }, () =>
      breaker.run(
        () => {
          probes += 1;
          return held;
        },
        () => 'failure',
      ),
    );
    const refused = await Promise.all(calls.slice(3).map((call) => call.catch((error: unknown) => error)));
    // Less than 5 ms each, for all together.
    expect(performance.now() - began).toBeLessThan(997 * 5);
    expect(probes).toBe(3);
    expect(refused.every((error) => error instanceof OutboundUnavailable && error.reason === 'circuit_open')).toBe(true);
    expect(breaker.kind).toBe('half_open');
    release();
    await Promise.all(calls.slice(0, 3));
    expect(breaker.kind).toBe('closed');
  });

  it.each([-3_600_000, 3_600_000])('RES-03 breaker-clock: is tried again in time although the wall clock jumps by %d ms', async (jump) => {
    const { now } = Date;
    const wall = jest.spyOn(Date, 'now');
    try {
      const times: number[] = [];
      for (let round = 0; round < 3; round += 1) {
        wall.mockImplementation(now);
        const breaker = new CircuitBreaker(
          'it',
          { failures: 1, recoveryMs: 300, probes: 1 },
          () => performance.now(),
          () => undefined,
        );
        const fail = (): Promise<unknown> =>
          breaker
            .run(
              () => Promise.reject(new Error('down')),
              () => 'failure',
            )
            .catch((error: unknown) => error);
        await fail();
        const opened = performance.now();
        wall.mockImplementation(() => now() + jump);
        expect(await fail()).toBeInstanceOf(OutboundUnavailable);
        while ((await fail()) instanceof OutboundUnavailable) await new Promise((resolve) => setTimeout(resolve, 1));
        times.push(performance.now() - opened);
      }
      const [least = NaN, middle] = times.sort((a, b) => a - b);
      expect(least).toBeGreaterThanOrEqual(270);
      expect(middle).toBeLessThan(330);
    } finally {
      wall.mockRestore();
    }
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import { DrainState } from './drain-state.js';
import { drainTimes, type DrainTimes } from './drain-times.js';
import { Drain } from './drain.js';

class FakeConnections {
  open = 0;
  private readonly ended = Promise.withResolvers<void>();
  constructor(private readonly steps: string[]) {}
  end(): void {
    this.steps.push('last answers');
  }
  stop(): Promise<void> {
    this.steps.push('stop');
    if (this.open === 0) this.ended.resolve();
    return this.ended.promise;
  }
  cut(): void {
    this.steps.push('cut');
    this.open = 0;
    this.ended.resolve();
  }
  answerAll(): void {
    this.open = 0;
    this.ended.resolve();
  }
}

function rig(times: DrainTimes, close: () => Promise<void> = () => Promise.resolve()) {
  const steps: string[] = [];
  const state = new DrainState();
  const connections = new FakeConnections(steps);
  const exited = Promise.withResolvers<number>();
  const drain = new Drain({
    state,
    times,
    connections,
    close: () => {
      steps.push('close');
      return close();
    },
    exit: (code) => {
      steps.push(`exit ${code}`);
      exited.resolve(code);
    },
  });
  state.onBegin((reason) => void drain.run(reason));
  return { steps, state, connections, drain, exited: exited.promise };
}

describe('a drain', () => {
  beforeAll(() => Logger.overrideLogger(false));

  it('R45 serves on until balancers have looked, then stops, waits for what is under way, closes and exits 0', async () => {
    const { steps, state, connections, exited } = rig({ stopAt: 40, cutAt: 10_000, endAt: 20_000 });
    connections.open = 1;
    expect(state.begin('SIGTERM')).toBe(true);
    expect([state.isDraining, state.isStopped, steps]).toEqual([true, false, ['last answers']]);
    await sleep(120);
    expect([state.isStopped, steps]).toEqual([true, ['last answers', 'stop']]);
    connections.answerAll();
    expect(await exited).toBe(0);
    expect(steps).toEqual(['last answers', 'stop', 'close', 'exit 0']);
    expect(state.begin('admin')).toBe(false);
  });

  it('R45 cuts off what is not finished in time, and closes all the same', async () => {
    const { steps, state, connections, exited } = rig({ stopAt: 0, cutAt: 30, endAt: 20_000 });
    connections.open = 1;
    state.begin('SIGTERM');
    expect(await exited).toBe(0);
    expect(steps).toEqual(['last answers', 'stop', 'cut', 'close', 'exit 0']);
  });

  it('R45 ends with 1 where the stores cannot be closed, and where they take longer than the grace period', async () => {
    const broken = rig({ stopAt: 0, cutAt: 30, endAt: 20_000 }, () => Promise.reject(new Error('disk')));
    broken.state.begin('SIGINT');
    expect(await broken.exited).toBe(1);
    const hanging = rig({ stopAt: 0, cutAt: 10, endAt: 60 }, () => new Promise(() => undefined));
    hanging.state.begin('SIGINT');
    expect(await hanging.exited).toBe(1);
  });

  it('RES-10 second-sigterm waits for no balancer and hardly for clients, and still closes before it exits', async () => {
    const { steps, state, drain, connections, exited } = rig({ stopAt: 60_000, cutAt: 90_000, endAt: 120_000 });
    connections.open = 1;
    state.begin('SIGTERM');
    drain.hurry();
    drain.hurry();
    expect(await exited).toBe(0);
    expect(steps).toEqual(['last answers', 'stop', 'cut', 'close', 'exit 0']);
  });

  it('R45 divides the grace period so that every part comes in its order', () => {
    const seconds = fc.tuple(fc.integer({ min: 0, max: 599 }), fc.integer({ min: 1, max: 600 })).filter(([delay, grace]) => delay < grace);
    fc.assert(
      fc.property(seconds, ([delay, grace]) => {
        const { stopAt, cutAt, endAt } = drainTimes(delay, grace);
        expect([stopAt, endAt, stopAt <= cutAt, cutAt < endAt]).toEqual([delay * 1_000, grace * 1_000, true, true]);
      }),
    );
    expect(drainTimes(5, 30)).toEqual({ stopAt: 5_000, cutAt: 20_000, endAt: 30_000 });
  });
});

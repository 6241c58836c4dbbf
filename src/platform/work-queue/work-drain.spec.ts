import { Logger } from '@nestjs/common';
import { QueueRig, ScriptedHandler } from '../../../test/support/queue-rig.js';
import { describeOnEngines } from '../../../test/support/store-engines.js';

const NEVER = new Promise<void>(() => undefined);

describeOnEngines('the work queue of a process that ends', (open) => {
  let rig: QueueRig;
  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(async () => void (rig = new QueueRig(await open())));
  afterEach(() => rig.close());

  /** Several groups, as their traces are different. */
  const enqueue = (): Promise<void> =>
    rig.enqueue(
      ['a', 'b', 'c'].map((key, n) => ({ key, traceparent: `00-0000000000000000000000000000000${n + 1}-000000000000000${n + 1}-01` })),
    );

  it('gives back what does not end soon, and what it has not begun, as no attempt; another does it', async () => {
    const begun = Promise.withResolvers<void>();
    const handler = new ScriptedHandler(() => (begun.resolve(), NEVER));
    const process = rig.start(handler);
    await enqueue();
    const work = process.work();
    await begun.promise;
    await process.runner.beforeApplicationShutdown();
    await work;
    expect(handler.begun).toHaveLength(1);
    const free = { state: 'waiting', attempts: 0, holder: null, first_failed_at: null };
    expect(await rig.rows()).toMatchObject([free, free, free]);
    const other = new ScriptedHandler(() => undefined);
    await rig.start(other).work();
    expect([other.done.sort(), await rig.rows()]).toEqual([['a', 'b', 'c'], []]);
  });

  it('lets what ends soon be done, and begins nothing after it', async () => {
    const begun = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const handler = new ScriptedHandler(() => (begun.resolve(), gate.promise));
    const process = rig.start(handler);
    await enqueue();
    const work = process.work();
    await begun.promise;
    const stopped = process.runner.beforeApplicationShutdown();
    gate.resolve();
    await Promise.all([stopped, work]);
    expect(handler.done).toHaveLength(1);
    expect((await rig.rows()).map(({ attempts, holder }) => [attempts, holder])).toEqual([
      [0, null],
      [0, null],
    ]);
  });
});

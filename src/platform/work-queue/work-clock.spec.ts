import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { QUEUE_TENANT, QueueRig, ScriptedHandler, SetClock } from '../../../test/support/queue-rig.js';
import { describeOnEngines } from '../../../test/support/store-engines.js';
import { ProcessHolders } from './process-holders.js';

const HOUR = 3_600_000;
const JUMPS = [-24 * HOUR, -HOUR, HOUR, 24 * HOUR];

describeOnEngines('the work queue and clocks that jump', (open) => {
  let rig: QueueRig;
  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(async () => void (rig = new QueueRig(await open())));
  afterEach(() => rig.close());

  it.each(JUMPS)('DUR-15 a jump of %d ms while work is in hand makes nobody else take it', async (jump) => {
    const gate = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const holding = new ScriptedHandler(() => (begun.resolve(), gate.promise));
    const first = rig.start(holding);
    const otherClock = new SetClock();
    otherClock.time += jump;
    const waiting = new ScriptedHandler(() => undefined);
    const second = rig.start(waiting, otherClock);
    await rig.enqueue([{ key: 'held' }]);
    const work = first.work();
    await begun.promise;
    rig.clock.time += jump;
    await second.work();
    expect(waiting.begun).toEqual([]);
    gate.resolve();
    await work;
    expect([holding.done, waiting.begun, await rig.rows()]).toEqual([['held'], [], []]);
  });

  it.each(JUMPS)('DUR-15 after a jump of %d ms what was enqueued or waits for another attempt is run, once', async (jump) => {
    let fails = true;
    const handler = new ScriptedHandler(({ key }) => {
      if (key === 'failing' && fails) throw new Error('cannot');
    });
    const process = rig.start(handler);
    await rig.enqueue([{ key: 'failing' }]);
    await process.work();
    await rig.enqueue([{ key: 'new' }, { key: 'later', not_before: rig.clock.now() + 1_000 }]);
    fails = false;
    rig.clock.time += jump + 31_000;
    // The first look finds that the clock was set back, the next one runs what it finds.
    for (let look = 0; look < 2; look += 1) await process.work();
    expect(handler.done.sort()).toEqual(['failing', 'later', 'new']);
    expect(await rig.rows()).toEqual([]);
  });

  it('DUR-15 what waits for another attempt, or for its turn among others, waits for it beside a process whose clock is half a second behind', async () => {
    const process = rig.start(
      new ScriptedHandler(() => {
        throw new Error('cannot');
      }),
    );
    await rig.enqueue([{ key: 'failing' }]);
    await process.work();
    await rig.enqueue(['a', 'b', 'c'].map((key, turn) => ({ key, not_before: rig.clock.now() + 1_000 + turn * 50 })));
    const planned = (await rig.rows()).map(({ key, not_before }) => [key, not_before]);
    const behind = new SetClock();
    behind.time = rig.clock.now() - 500;
    const other = rig.start(new ScriptedHandler(() => undefined), behind);
    await other.work();
    expect((await rig.rows()).map(({ key, not_before }) => [key, not_before])).toEqual(planned);
    expect(Math.min(...planned.map(([, at]) => Number(at)))).toBeGreaterThan(rig.clock.now());
  });

  it('DUR-15 a time of day that people were told holds, whatever the clock does in between', async () => {
    const handler = new ScriptedHandler(() => undefined);
    const process = rig.start(handler);
    const at = rig.clock.now() + HOUR;
    await rig.enqueue([{ key: 'expires', not_before: at, is_time_of_day: true }]);
    rig.clock.time -= 24 * HOUR;
    await process.work();
    expect(handler.begun).toEqual([]);
    rig.clock.time = at;
    await process.work();
    expect(handler.done).toEqual(['expires']);
  });

  it.each(JUMPS)('DUR-15 a dead letter made before a jump of %d ms is kept, and lives again when its key is enqueued', async (jump) => {
    let fails = true;
    const handler = new ScriptedHandler(() => {
      if (fails) throw new Error('cannot');
    });
    const process = rig.start(handler);
    await rig.enqueue([{ key: 'a' }]);
    for (let attempt = 0; attempt < 8; attempt += 1) {
      await process.work();
      rig.clock.time += 60_000;
    }
    expect(await rig.rows()).toMatchObject([{ state: 'dead' }]);
    rig.clock.time += jump;
    await process.work();
    expect(await rig.rows()).toMatchObject([{ state: 'dead', attempts: 8 }]);
    fails = false;
    await rig.enqueue([{ key: 'a' }]);
    await process.work();
    expect([handler.done, await rig.rows(QUEUE_TENANT)]).toEqual([['a'], []]);
  });
});

describe('processes that have work in hand', () => {
  let directory: string;
  let elapsed: number;
  const open: ProcessHolders[] = [];
  const make = (): ProcessHolders => {
    const made = new ProcessHolders(directory, () => elapsed);
    open.push(made);
    return made;
  };
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'gatra-holders-'));
    elapsed = 0;
  });
  afterEach(async () => {
    for (const holders of open.splice(0)) await holders.onApplicationShutdown();
    rmSync(directory, { recursive: true, force: true });
  });

  it('a claim is gone once it has ended, once its process has ended, and where nobody knows the process', async () => {
    const [one, two] = [make(), make()];
    const [claim, other] = [await one.begin(), await two.begin()];
    expect(await one.gone([claim, other, 'f0e1d2c3-0000-4000-8000-000000000000/1'])).toEqual(['f0e1d2c3-0000-4000-8000-000000000000/1']);
    one.end(claim);
    expect(await one.gone([claim])).toEqual([claim]);
    // What another process has let go of inside is its own to say.
    expect(await two.gone([claim])).toEqual([]);
    await one.onApplicationShutdown();
    expect(await two.gone([claim, other])).toEqual([claim]);
  });

  it('DUR-15 a process that stands still is gone after a minute of the observer’s own clock, and one that beats is not', async () => {
    const [one, two] = [make(), make()];
    const [still, beating] = [await one.begin(), await two.begin()];
    const observer = make();
    expect(await observer.gone([still, beating])).toEqual([]);
    elapsed += 59_000;
    two.beat();
    await sleep(2);
    expect(await observer.gone([still, beating])).toEqual([]);
    elapsed += 2_000;
    expect(await observer.gone([still, beating])).toEqual([still]);
  });
});

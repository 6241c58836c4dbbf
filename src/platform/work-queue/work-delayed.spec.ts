import { Logger } from '@nestjs/common';
import { QUEUE_TENANT, QueueRig, ScriptedHandler } from '../../../test/support/queue-rig.js';
import { describeOnEngines } from '../../../test/support/store-engines.js';
import { AgentAway } from '../../contracts/agent-away.js';
import { QueueGauges } from './queue-gauges.js';

const HOUR = 3_600_000;

describeOnEngines('work that is late', (open) => {
  let rig: QueueRig;
  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(async () => void (rig = new QueueRig(await open())));
  afterEach(() => rig.close());

  it('is counted, and ages, for as long as its agent is away', async () => {
    let away = true;
    const handler = new ScriptedHandler(() => {
      if (away) throw new AgentAway('nobody answers');
    });
    const process = rig.start(handler);
    const gauges = new QueueGauges(rig.store, process.runner, rig.clock, rig.metrics);
    const shown = async (): Promise<readonly (string | undefined)[]> => {
      await gauges.look();
      const text = await rig.metrics.registry.metrics();
      return ['items', 'oldest_age_seconds'].map((name) => new RegExp(`^work_queue_${name}\\{kind="note"\\} (\\S+)$`, 'm').exec(text)?.[1]);
    };
    await rig.enqueue([{ key: 'a' }, { key: 'b' }]);
    for (const begun = rig.clock.now(); rig.clock.now() < begun + 600_000; rig.clock.time += 5_000) await process.work();
    expect(await shown()).toEqual(['2', '600']);
    expect(await rig.rows()).toMatchObject([{ attempts: 0 }, { attempts: 0 }]);
    away = false;
    await process.work();
    expect(await shown()).toEqual(['0', '0']);
  });

  it('is as old as its first attempt, however long before that it was planned', async () => {
    const process = rig.start(
      new ScriptedHandler(() => {
        throw new Error('cannot');
      }),
    );
    await rig.enqueue([{ key: 'later', not_before: rig.clock.now() + 2 * HOUR }]);
    expect(await rig.store.backlog(QUEUE_TENANT, rig.clock.now())).toEqual(new Map());
    rig.clock.time += 2 * HOUR;
    const tried = rig.clock.now();
    await process.work();
    rig.clock.time += 1_000;
    expect(await rig.store.backlog(QUEUE_TENANT, rig.clock.now())).toEqual(new Map([['note', { items: 1, dueSince: tried }]]));
  });
});

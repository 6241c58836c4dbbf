import { eventually } from '../support/eventually.js';
import { describeWith } from '../support/redis-server.js';
import { TOXICS } from '../support/tcp-fault-proxy.js';
import { TOXIC_DEPENDENCIES, ToxicRig, type Holdings } from '../support/toxic-rig.js';

const RATE = 200;
const HELD_MS = 10_000;
const CALM_MS = 20_000;
/** A difference below this is the machine's, not the dependency's. */
const GRAIN_MS = 50;

describeWith(['redis-server'], 'faults of what is called, all of them', () => {
  let rig: ToxicRig;
  let calm: number;
  let before: Holdings;

  beforeAll(async () => {
    rig = await ToxicRig.start();
    await rig.warmUp();
    calm = await rig.calm(RATE, CALM_MS);
    before = await lowest(rig);
  });
  afterAll(async () => {
    expect(await rig.stop()).toBe(0);
  });

  it.each(TOXIC_DEPENDENCIES.flatMap((dependency) => TOXICS.map((toxic) => ({ dependency, kind: toxic.kind, toxic }))))(
    'RES-01 toxic-matrix: $dependency, $kind',
    async ({ dependency, toxic }) => {
      const { surprises, p99, recoveryMs } = await rig.suffer(dependency, toxic, RATE, HELD_MS);
      expect(surprises).toEqual([]);
      expect(recoveryMs).toBeLessThanOrEqual(10_000);
      expect(p99).toBeLessThanOrEqual(Math.max(2 * calm, calm + GRAIN_MS));
      expect([rig.isAlive, rig.uncaught]).toEqual([true, []]);
    },
  );

  it('RES-01 nothing that was acknowledged is lost, and files, timers and memory are as before', async () => {
    expect(await rig.stored()).toEqual({ stored: rig.acknowledged, remainder: 0 });
    await eventually(async () => {
      const { fds, timers, heap } = await lowest(rig);
      expect(fds).toBeLessThanOrEqual(Math.ceil(1.05 * before.fds));
      expect(timers).toBeLessThanOrEqual(Math.ceil(1.05 * before.timers));
      expect(heap).toBeLessThanOrEqual(1.05 * before.heap);
    }, 120_000);
  });
});

/** What is held at the least over a while of load, in which memory that nobody holds is given back. */
async function lowest(rig: ToxicRig): Promise<Holdings> {
  const seen: Holdings[] = [];
  for (let turn = 0; turn < 10; turn += 1) {
    await rig.calm(RATE, 1_000);
    seen.push(await rig.holdings());
  }
  const least = (read: (holdings: Holdings) => number): number => Math.min(...seen.map(read));
  return { fds: least(({ fds }) => fds), timers: least(({ timers }) => timers), heap: least(({ heap }) => heap) };
}

import { eventually } from '../support/eventually.js';
import { describeWith } from '../support/redis-server.js';
import { TOXICS, type Toxic } from '../support/tcp-fault-proxy.js';
import { ToxicRig, type Holdings, type ToxicDependency } from '../support/toxic-rig.js';

const RATE = 60;
const HELD_MS = 1_200;
/** A difference below this is the machine's, not the dependency's: what would be waited for is longer. */
const GRAIN_MS = 50;
/** The p99 of so few requests is their slowest: what the dependency causes it causes each time, what the machine causes it does not. */
const TRIES = 3;

/** Every toxic and every dependency at least once. */
const PAIRS: readonly (readonly [ToxicDependency, Toxic['kind']])[] = [
  ['redis', 'timeout'],
  ['redis', 'latency'],
  ['redis', 'reset_peer'],
  ['intel', 'down'],
  ['intel', 'limit_data'],
  ['intel', 'slow_close'],
  ['oidc', 'bandwidth'],
  ['oidc', 'timeout'],
  ['oidc', 'reset_peer'],
  ['secret-manager', 'slicer'],
  ['secret-manager', 'down'],
  ['secret-manager', 'latency'],
];

describeWith(['redis-server'], 'faults of what is called', () => {
  let rig: ToxicRig;
  let calm: number;
  let before: Holdings;

  beforeAll(async () => {
    rig = await ToxicRig.start();
    await rig.warmUp();
    calm = await rig.calm(RATE, 2_000);
    before = await rig.holdings();
  });
  afterAll(async () => {
    expect(await rig.stop()).toBe(0);
  });

  it.each(PAIRS)('RES-01 toxic-matrix: %s, %s', async (dependency, kind) => {
    const toxic = TOXICS.find((candidate) => candidate.kind === kind)!;
    const most = Math.max(2 * calm, calm + GRAIN_MS);
    let least = Infinity;
    for (let turn = 0; turn < TRIES && !(least <= most); turn += 1) {
      const { surprises, unchecked, p99, recoveryMs } = await rig.suffer(dependency, toxic, RATE, HELD_MS);
      expect(surprises).toEqual([]);
      // The toxics that are tried there keep every answer back.
      expect(unchecked > 0).toBe(dependency === 'oidc');
      expect(recoveryMs).toBeLessThanOrEqual(10_000);
      least = Math.min(least, p99);
    }
    expect(least).toBeLessThanOrEqual(most);
    expect([rig.isAlive, rig.uncaught]).toEqual([true, []]);
  });

  it('RES-01 nothing that was acknowledged is lost, and nothing is left behind', async () => {
    expect(before.fds).toBeGreaterThan(0);
    expect(await rig.stored()).toEqual({ stored: rig.acknowledged, remainder: 0 });
    await eventually(async () => {
      const { fds, timers } = await rig.holdings();
      expect(fds).toBeLessThanOrEqual(Math.ceil(1.05 * before.fds));
      expect(timers).toBeLessThanOrEqual(Math.ceil(1.05 * before.timers));
    }, 15_000);
  });
});

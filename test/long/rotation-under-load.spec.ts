import { refusedEverywhere, RotationRig } from '../support/rotation-rig.js';

const RATE = 500;

describe('rotation of secrets at full rate', () => {
  let rig: RotationRig;
  beforeAll(async () => {
    rig = await RotationRig.start(50);
  }, 120_000);
  afterAll(() => rig.stop());

  it(`SIG-07 rotation-under-load: R66 three rotations at ${RATE} requests/s over 3 instances fail no request`, async () => {
    const result = await rig.rotateUnderLoad(3, RATE);
    process.stdout.write(
      `rotation under load: ${result.sent} requests, ${result.perSecond} requests/s, ${result.failures.length} failed\n`,
    );
    expect(result.failures).toEqual([]);
    expect(result.perSecond).toBeGreaterThanOrEqual(RATE * 0.95);
  });

  it('SIG-07 rotation-under-load: R66 what was made with a retired version is refused everywhere within 5 s, ten times', async () => {
    const times: number[] = [];
    for (let round = 0; round < 10; round += 1) {
      const [current, ...older] = (await rig.versions('JWT_SECRET')).filter(({ state }) => state === 'enabled');
      for (const { version } of older) expect((await rig.gatra('retire', 'JWT_SECRET', version)).code).toBe(0);
      const token = await rig.token();
      expect((await rig.gatra('rotate', 'JWT_SECRET')).code).toBe(0);
      expect((await rig.gatra('retire', 'JWT_SECRET', current?.version ?? '')).code).toBe(0);
      times.push(await refusedEverywhere(rig, token, 5_000));
    }
    process.stdout.write(`retired to refused everywhere: slowest ${Math.round(Math.max(...times))} ms\n`);
    expect(Math.max(...times)).toBeLessThanOrEqual(5_000);
  });
});

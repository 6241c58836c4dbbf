import { refusedEverywhere, RotationRig } from '../support/rotation-rig.js';

describe('rotation of secrets', () => {
  let rig: RotationRig;
  beforeAll(async () => {
    rig = await RotationRig.start(8);
  }, 120_000);
  afterAll(() => rig.stop());

  it('SIG-07 rotation-under-load: R66 three rotations of JWT_SECRET and SERVICE_API_KEY under load over 3 instances fail no request', async () => {
    const before = await rig.token();
    const { failures, sent, perSecond } = await rig.rotateUnderLoad(3, 100);
    expect(failures).toEqual([]);
    expect(sent).toBeGreaterThan(1_000);
    expect(perSecond).toBeGreaterThan(20);
    for (const name of ['JWT_SECRET', 'SERVICE_API_KEY']) {
      expect((await rig.versions(name)).map(({ use }) => use)).toEqual(['current', 'accepted', 'accepted', 'accepted']);
    }
    for (const baseUrl of rig.cluster.baseUrls) expect(await rig.statusOf(baseUrl, before)).toBe(200);
  }, 120_000);

  it('SIG-07 rotation-under-load: R66 what was made with a retired version is refused everywhere within 5 s', async () => {
    const [current] = await rig.versions('JWT_SECRET');
    const token = await rig.token();
    expect((await rig.gatra('rotate', 'JWT_SECRET')).code).toBe(0);
    const { code, out, err } = await rig.gatra('retire', 'JWT_SECRET', current?.version ?? '');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('retired');
    expect(await refusedEverywhere(rig, token, 5_000)).toBeLessThanOrEqual(5_000);
    const next = await rig.token();
    for (const baseUrl of rig.cluster.baseUrls) expect(await rig.statusOf(baseUrl, next)).toBe(200);
  }, 60_000);
});

import { Logger } from '@nestjs/common';
import { toTenantId, type TenantId } from '../contracts/tenant.js';
import { LivenessRounds } from './liveness-rounds.js';

const tenants = (count: number): TenantId[] => Array.from({ length: count }, (_, n) => toTenantId(`tenant-${n}`));
const [FIRST, SECOND, THIRD, FOURTH, FIFTH] = tenants(5) as [TenantId, TenantId, TenantId, TenantId, TenantId];

function rounds(of: readonly TenantId[], check: (tenant: TenantId) => Promise<unknown>, elapsed = () => 0): LivenessRounds {
  return new LivenessRounds({ tenants: () => of, check }, 900_000, elapsed);
}

describe('LivenessRounds', () => {
  beforeAll(() => Logger.overrideLogger(false));

  it('checks one tenant after another, and in their turns those that are asked for meanwhile', async () => {
    const checked: TenantId[] = [];
    let [atOnce, most] = [0, 0];
    const all: LivenessRounds = rounds([FIRST, SECOND], async (tenant) => {
      checked.push(tenant);
      most = Math.max(most, ++atOnce);
      if (checked.length === 1) void all.round();
      await new Promise(setImmediate);
      atOnce -= 1;
    });
    await all.round();
    expect([checked, most]).toEqual([[FIRST, SECOND, FIRST], 1]);
    await all.stop();
  });

  it('goes on behind a tenant that cannot be checked, and ends a round in which nobody can', async () => {
    const checked: TenantId[] = [];
    const failing = new Set<TenantId>([SECOND]);
    const all = rounds([FIRST, SECOND, THIRD, FOURTH, FIFTH], async (tenant) => {
      checked.push(tenant);
      if (failing.has(tenant)) throw new Error('away');
    });
    await all.round();
    expect(checked).toEqual([FIRST, SECOND, THIRD, FOURTH, FIFTH]);
    for (const tenant of [FIRST, THIRD]) failing.add(tenant);
    checked.length = 0;
    await all.round();
    expect(checked).toEqual([FIRST, SECOND, THIRD]);
    await all.stop();
  });

  it('checks the tenants whose rules are in doubt, once each, and none that are gone', async () => {
    const checked: TenantId[] = [];
    const all = rounds([FIRST, SECOND], async (tenant) => void checked.push(tenant));
    for (const tenant of [SECOND, SECOND, THIRD]) all.doubt(tenant);
    all.forget(THIRD);
    await all.settleDoubts();
    expect(checked).toEqual([SECOND]);
    await all.stop();
  });

  it('rests between two tenants nineteen times as long as the first has taken', async () => {
    let now = 0;
    const at: number[] = [];
    const all = rounds(
      [FIRST, SECOND],
      async () => {
        at.push(performance.now());
        now += 5;
      },
      () => now,
    );
    await all.round();
    expect(at[1]! - at[0]!).toBeGreaterThanOrEqual(19 * 5 - 2);
    await all.stop();
  });

  it('ends at once, in the middle of a rest', async () => {
    let now = 0;
    const checked: TenantId[] = [];
    const all = rounds(
      [FIRST, SECOND],
      async (tenant) => {
        checked.push(tenant);
        now += 60_000;
      },
      () => now,
    );
    const round = all.round();
    await new Promise(setImmediate);
    await all.stop();
    await round;
    expect(checked).toEqual([FIRST]);
  });
});

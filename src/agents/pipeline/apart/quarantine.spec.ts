import { toTenantId } from '../../../contracts/tenant.js';
import { PipelineUnavailable } from '../../../mssp/ingest/domain/event-pipeline.js';
import type { ApartBatch } from './apart-protocol.js';
import type { TrialOutcome } from './find-culprits.js';
import { Quarantine, type TrialThread } from './quarantine.js';
import { QUARANTINE_LIMITS } from './quarantine-limits.js';

const TENANT = toTenantId('acme-corp');
const TRIAL_MS = 1_000;

/** Every trial takes a second and ends at the next event in `fatal`. */
class SlowThread implements TrialThread {
  readonly tried: number[] = [];
  constructor(
    private readonly clock: { now: number },
    private readonly fatal: readonly number[],
  ) {}
  async run(_batch: ApartBatch, from: number): Promise<TrialOutcome> {
    this.tried.push(from);
    this.clock.now += TRIAL_MS;
    const index = this.fatal.find((at) => at >= from);
    return { thrown: [], isSound: true, stopped: index === undefined ? undefined : { index, reason: 'hangs' } };
  }
  async close(): Promise<void> {}
}

function batchOf(text: string): ApartBatch {
  return { tenant: TENANT, receivedAt: 0, body: new Uint8Array(Buffer.from(text)), form: 'lines', source: undefined };
}

describe('quarantine', () => {
  it('DUR-09 remembers what it had no time to find out, and goes on from there when the same batch comes again', async () => {
    const clock = { now: 0 };
    const thread = new SlowThread(clock, [3, 5]);
    const quarantine = new Quarantine(
      () => thread,
      { ...QUARANTINE_LIMITS, batchMs: 4 * TRIAL_MS },
      () => clock.now,
    );
    await expect(quarantine.examine(batchOf('a'))).rejects.toThrow(PipelineUnavailable);
    expect(thread.tried).toEqual([0, 3, 3, 4]);
    expect((await quarantine.examine(batchOf('a'))).map(({ index }) => index)).toEqual([3, 5]);
    expect(thread.tried.slice(4)).toEqual([5, 5, 6]);
    await expect(quarantine.examine(batchOf('b'))).rejects.toThrow(PipelineUnavailable);
    expect(thread.tried.slice(7)).toEqual([0, 3, 3, 4]);
  });

  it('suspects a tenant for a while after its events have taken a thread down, and longer where such an event is found', async () => {
    const clock = { now: 0 };
    const quarantine = new Quarantine(
      () => new SlowThread(clock, [1]),
      { ...QUARANTINE_LIMITS, watchMs: 10_000 },
      () => clock.now,
    );
    expect(quarantine.isWatched(TENANT)).toBe(false);
    quarantine.watch(TENANT);
    clock.now = 9_000;
    expect(quarantine.isWatched(TENANT)).toBe(true);
    await quarantine.examine(batchOf('a'));
    clock.now += 9_999;
    expect(quarantine.isWatched(TENANT)).toBe(true);
    clock.now += 1;
    expect(quarantine.isWatched(TENANT)).toBe(false);
    quarantine.watch(TENANT);
    quarantine.forget(TENANT);
    expect(quarantine.isWatched(TENANT)).toBe(false);
  });
});

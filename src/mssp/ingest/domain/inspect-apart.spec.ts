import fc from 'fast-check';
import type { Detection } from '../../../contracts/detection.js';
import { DetectionAgent } from '../../../contracts/detection-agent.js';
import type { EventBatch } from '../../../contracts/security-event.js';
import { toTenantId } from '../../../contracts/tenant.js';
import { inspectApart } from './inspect-apart.js';

const TENANT = toTenantId('acme-corp');

/** Finds something in every event, and throws at any batch with poison in it. */
class Fragile extends DetectionAgent {
  calls = 0;
  constructor(private readonly poison: ReadonlySet<number>) {
    super();
  }
  async inspect(_: unknown, { events }: EventBatch): Promise<Detection[]> {
    this.calls += 1;
    const bad = events.find(({ index }) => this.poison.has(index));
    if (bad) throw new Error(`cannot inspect ${bad.index}`);
    return events.map(({ index }) => ({ event_index: index })) as unknown as Detection[];
  }
}

function batchOf(indexes: readonly number[]): EventBatch {
  return { batch_id: 'b', received_at: '2026-03-10T12:00:00.000Z', events: indexes.map((index) => ({ index })) } as unknown as EventBatch;
}

describe('inspecting a batch apart', () => {
  it('DUR-09 finds exactly the events that cannot be inspected, and inspects all others, in order', async () => {
    const indexes = fc.uniqueArray(fc.nat(5_000), { minLength: 1, maxLength: 200 }).map((found) => found.sort((a, b) => a - b));
    await fc.assert(
      fc.asyncProperty(indexes, fc.func(fc.integer({ min: 0, max: 9 })), async (all, draw) => {
        const poison = new Set(all.filter((index) => draw(index) === 0));
        const found = await inspectApart(new Fragile(poison), TENANT, batchOf(all));
        expect(found.poison).toEqual([...poison].map((index) => ({ index, reason: `cannot inspect ${index}`, attempts: 3 })));
        expect(found.detections.map((detection) => detection.event_index)).toEqual(all.filter((index) => !poison.has(index)));
      }),
      { numRuns: 200 },
    );
  });

  it('DUR-09 one event in ten thousand costs a few tries', async () => {
    const agent = new Fragile(new Set([7_777]));
    const found = await inspectApart(agent, TENANT, batchOf(Array.from({ length: 10_000 }, (_, index) => index)));
    expect([found.poison.length, found.detections.length]).toEqual([1, 9_999]);
    expect(agent.calls).toBeLessThan(35);
  });
});

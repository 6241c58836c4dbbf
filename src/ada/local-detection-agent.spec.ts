import type { Detection, DetectorKind } from '../contracts/detection.js';
import type { EventBatch, SecurityEvent } from '../contracts/security-event.js';
import { toTenantId } from '../contracts/tenant.js';
import { isRejection, parseEvent } from '../events/parse-event.js';
import type { DetectionWatch } from './domain/detection-watch.js';
import { Detector } from './domain/detector.js';
import { LearningDetector, type Lesson } from './domain/learning-detector.js';
import { LocalDetectionAgent } from './local-detection-agent.js';

const TENANT = toTenantId('acme-corp');
const OTHER = toTenantId('globex');

function batch(id: string, count: number): EventBatch {
  const events = Array.from({ length: count }, (_, index) => {
    const parsed = parseEvent(`{"n":${index}}`, { index, declared: 'generic', receivedAt: 0 });
    if (isRejection(parsed)) throw new Error(parsed.detail);
    return parsed;
  });
  return { batch_id: id, received_at: '2026-01-01T00:00:00.000Z', events };
}

function detection(detector: DetectorKind, id: string, index: number, severity: Detection['severity'] = 'low'): Detection {
  const rule = { id, title: id, author: 'a', level: severity, license: 'x' };
  return { detector, rule, severity, event_index: index, event_time: 't', entities: [], techniques: [], tactics: [], reason: 'r' };
}

class Fixed extends Detector {
  readonly kind = 'sigma';
  init(): void {}
  inspect(_tenant: string, events: readonly SecurityEvent[]): Detection[] {
    return events.toReversed().flatMap(({ index }) => [detection('sigma', 'b', index), detection('sigma', 'a', index, 'high')]);
  }
  snapshot(): null {
    return null;
  }
  restore(): void {}
  destroy(): void {}
}

/** Finds each event once: counts what it was taught. */
class Counting extends LearningDetector {
  readonly kind = 'statistical';
  readonly seen = new Map<string, number>();
  init(): void {}
  begin(tenant: string): Lesson {
    const before = this.seen.get(tenant) ?? 0;
    return {
      take: (events) => void this.seen.set(tenant, (this.seen.get(tenant) ?? 0) + events.length),
      end: () => (before === 0 ? [detection('statistical', 'c', 0)] : []),
    };
  }
  rarityOf(): number {
    return 0.25;
  }
  snapshot(tenant: string): Uint8Array | null {
    return this.seen.has(tenant) ? Uint8Array.of(this.seen.get(tenant)!) : null;
  }
  restore(tenant: string, bytes: Uint8Array): void {
    this.seen.set(tenant, bytes[0]!);
  }
  forget(tenant: string): void {
    this.seen.delete(tenant);
  }
  destroy(): void {}
}

/** Is told of every event that it is taught. */
class Recording extends Counting {
  constructor(private readonly told: (tenant: string, index: number) => void) {
    super();
  }
  override begin(tenant: string): Lesson {
    return { take: (events) => events.forEach(({ index }) => this.told(tenant, index)), end: () => [] };
  }
}

/** Makes every turn take longer than a turn may. */
const SLOW: DetectionWatch = {
  during: (_tenant, work) => {
    const until = performance.now() + 1;
    while (performance.now() < until);
    return work();
  },
};

describe('LocalDetectionAgent', () => {
  it('answers in order of event, then rule, with the rarity that a learning detector tells', async () => {
    const agent = new LocalDetectionAgent([new Fixed(), new Counting()]);
    const found = await agent.inspect(TENANT, batch('1', 2));
    expect(found.map(({ event_index, rule }) => `${event_index}${rule.id}`)).toEqual(['0a', '0b', '0c', '1a', '1b']);
    expect(found.map(({ rarity }) => rarity)).toEqual([0.25, 0.25, undefined, 0.25, 0.25]);
  });

  it('finds the same in a batch that is inspected again, and learns it once', async () => {
    const counting = new Counting();
    const agent = new LocalDetectionAgent([counting]);
    const first = await agent.inspect(TENANT, batch('1', 3));
    await agent.inspect(TENANT, batch('2', 3));
    expect(await agent.inspect(TENANT, batch('1', 3))).toEqual(first);
    expect(counting.seen.get(TENANT)).toBe(6);
  });

  it('takes a batch in a snapshot of the release before for one that was learned whole', async () => {
    const found = [detection('statistical', 'c', 2)];
    const header = Buffer.from(JSON.stringify({ version: 1, detectors: [], recent: [['1', found]] }));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(header.length);
    const counting = new Counting();
    const agent = new LocalDetectionAgent([counting]);
    expect(agent.restore(TENANT, Buffer.concat([length, header]))).toBe(true);
    expect(await agent.inspect(TENANT, batch('1', 3))).toEqual(found);
    expect(counting.seen.size).toBe(0);
  });

  it('goes on from a snapshot: learns what came later, once', async () => {
    const before = new LocalDetectionAgent([new Counting()]);
    const first = await before.inspect(TENANT, batch('1', 3));
    const counting = new Counting();
    const agent = new LocalDetectionAgent([new Fixed(), counting]);
    expect(agent.restore(TENANT, before.snapshot(TENANT)!)).toBe(true);
    await agent.learn(TENANT, batch('1', 3));
    await agent.learn(TENANT, batch('2', 4));
    expect(counting.seen.get(TENANT)).toBe(7);
    expect((await agent.inspect(TENANT, batch('1', 3))).filter(({ detector }) => detector === 'statistical')).toEqual(first);
  });

  it.each([
    ['nothing', []],
    ['noise', [1, 2, 3, 4, 5, 6]],
    ['a header that is too long', [255, 255, 255, 255]],
    ['JSON of another kind', [2, 0, 0, 0, 123, 125]],
  ])('takes %s for no snapshot', (_name, bytes) => {
    const agent = new LocalDetectionAgent([new Counting()]);
    expect(agent.restore(TENANT, Uint8Array.from(bytes))).toBe(false);
    expect(agent.snapshot(TENANT)).toBeNull();
  });

  it('lets other tenants have their turns amid what it learns, and one learns the same as alone', async () => {
    const order: string[] = [];
    const recording = (): LocalDetectionAgent =>
      new LocalDetectionAgent([new Recording((tenant, index) => void order.push(`${tenant} ${index}`))], undefined, SLOW);
    const agent = recording();
    await Promise.all([agent.inspect(TENANT, batch('1', 200)), agent.inspect(OTHER, batch('1', 200))]);
    const together = order.splice(0);
    expect(together.indexOf('globex 0')).toBeLessThan(together.indexOf('acme-corp 199'));
    expect(together.indexOf('acme-corp 0')).toBeLessThan(together.indexOf('globex 199'));
    for (const tenant of [TENANT, OTHER]) await recording().inspect(tenant, batch('1', 200));
    const ofTenant = (tenant: string, all: readonly string[]): string[] => all.filter((met) => met.startsWith(tenant));
    for (const tenant of [TENANT, OTHER]) expect(ofTenant(tenant, together)).toEqual(ofTenant(tenant, order));
  });

  it('counts a batch as met only when all turns of it are done', async () => {
    let fails = true;
    const met: number[] = [];
    const recording = new Recording((_tenant, index) => {
      if (fails && index === 100) throw new Error('cannot');
      met.push(index);
    });
    const agent = new LocalDetectionAgent([recording]);
    await expect(agent.inspect(TENANT, batch('1', 200))).rejects.toThrow('cannot');
    fails = false;
    await agent.inspect(TENANT, batch('1', 200));
    await agent.inspect(TENANT, batch('1', 200));
    expect(met.slice(100)).toEqual(Array.from({ length: 200 }, (_, index) => index));
  });

  it('forgets a tenant', async () => {
    const counting = new Counting();
    const agent = new LocalDetectionAgent([counting]);
    await agent.inspect(TENANT, batch('1', 3));
    agent.forget(TENANT);
    expect([agent.snapshot(TENANT), counting.seen.size]).toEqual([null, 0]);
  });

  it('keeps the most severe beyond its limits, and counts what it leaves out', async () => {
    const agent = new LocalDetectionAgent([new Fixed()], { perEvent: 1, perBatch: 3 });
    const found = await agent.inspect(TENANT, batch('1', 5));
    expect(found.map(({ event_index, rule }) => `${event_index}${rule.id}`)).toEqual(['0a', '1a', '2a']);
    await agent.inspect(OTHER, batch('2', 3));
    await agent.inspect(OTHER, batch('3', 3));
    expect([...agent.takeLeftOut()]).toEqual([
      [TENANT, 7],
      [OTHER, 6],
    ]);
    expect([...agent.takeLeftOut()]).toEqual([]);
  });

  it('refuses two learning detectors of one kind', () => {
    expect(() => new LocalDetectionAgent([new Counting(), new Counting()])).toThrow('one kind');
  });
});

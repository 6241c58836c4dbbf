import { LearningDetector, type Lesson } from '../../../ada/domain/learning-detector.js';
import { Detector } from '../../../ada/domain/detector.js';
import { LocalDetectionAgent } from '../../../ada/local-detection-agent.js';
import type { Detection, DetectorKind } from '../../../contracts/detection.js';
import type { EventBatch, SecurityEvent } from '../../../contracts/security-event.js';
import { toTenantId } from '../../../contracts/tenant.js';
import { isRejection, parseEvent } from '../../../events/parse-event.js';
import { inspectApart } from '../../../mssp/ingest/domain/inspect-apart.js';

const TENANT = toTenantId('acme-corp');

function detection(detector: DetectorKind, index: number): Detection {
  const rule = { id: 'new', title: 'new', author: 'a', level: 'low', license: 'x' } as const;
  return { detector, rule, severity: 'low', event_index: index, event_time: 't', entities: [], techniques: [], tactics: [], reason: 'r' };
}

/** Finds what it has not seen before; throws, and learns nothing, where one text is in a batch. */
class Novel extends LearningDetector {
  readonly kind = 'statistical';
  readonly seen: string[] = [];
  constructor(private readonly poison?: string) {
    super();
  }
  init(): void {}
  begin(): Lesson {
    const found: Detection[] = [];
    return { take: (events) => void found.push(...this.take(events)), end: () => found };
  }
  rarityOf(): undefined {
    return undefined;
  }
  snapshot(): null {
    return null;
  }
  restore(): void {}
  forget(): void {}
  destroy(): void {}
  private take(events: readonly SecurityEvent[]): Detection[] {
    const texts = events.map((event) => String(event.field('path')));
    if (this.poison !== undefined && texts.includes(this.poison)) throw new Error('poison');
    return events.flatMap(({ index }, at) => {
      const isNew = !this.seen.includes(texts[at]!);
      this.seen.push(texts[at]!);
      return isNew ? [detection('statistical', index)] : [];
    });
  }
}

/** Throws at one event, and finds nothing. */
class Throwing extends Detector {
  readonly kind = 'sigma';
  constructor(private readonly poison: number) {
    super();
  }
  init(): void {}
  inspect(_tenant: string, events: readonly SecurityEvent[]): Detection[] {
    if (events.some(({ index }) => index === this.poison)) throw new Error('poison');
    return [];
  }
  snapshot(): null {
    return null;
  }
  restore(): void {}
  destroy(): void {}
}

function batchOf(...texts: readonly string[]): EventBatch {
  const events = texts.map((path, index) => {
    const parsed = parseEvent(JSON.stringify({ path }), { index, declared: 'generic', receivedAt: 0 });
    if (isRejection(parsed)) throw new Error(parsed.detail);
    return parsed;
  });
  return { batch_id: 'b', received_at: '2026-01-01T00:00:00.000Z', events };
}

const indexes = (found: readonly { readonly event_index: number }[]): number[] => found.map(({ event_index }) => event_index);

describe('a batch that is cut at a poison event', () => {
  it('DUR-09 teaches each of its parts once, and finds in each what is of that part', async () => {
    const novel = new Novel('/poison');
    const agent = new LocalDetectionAgent([novel]);
    const batch = batchOf('/a', '/b', '/a', '/poison', '/c', '/b', '/d');
    const { poison, detections } = await inspectApart(agent, TENANT, batch);
    expect(poison.map(({ index }) => index)).toEqual([3]);
    expect(indexes(detections)).toEqual([0, 1, 4, 6]);
    expect(novel.seen).toEqual(['/a', '/b', '/a', '/c', '/b', '/d']);
    const sound = { ...batch, events: batch.events.filter(({ index }) => index !== 3) };
    expect(await agent.inspect(TENANT, sound)).toEqual(detections);
    expect(novel.seen).toHaveLength(6);
  });

  it('DUR-09 finds each thing once where detectors that learn nothing throw, and learns nothing twice behind a restart', async () => {
    const before = new LocalDetectionAgent([new Novel(), new Throwing(2)]);
    const batch = batchOf('/a', '/b', '/c', '/d', '/a');
    await expect(before.inspect(TENANT, batch)).rejects.toThrow('poison');
    const novel = new Novel();
    const agent = new LocalDetectionAgent([novel, new Throwing(2)]);
    expect(agent.restore(TENANT, before.snapshot(TENANT)!)).toBe(true);
    const { poison, detections } = await inspectApart(agent, TENANT, batch);
    expect(poison.map(({ index }) => index)).toEqual([2]);
    expect(indexes(detections)).toEqual([0, 1, 3]);
    expect(novel.seen).toEqual([]);
  });
});

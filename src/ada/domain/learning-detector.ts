import type { Detection } from '../../contracts/detection.js';
import type { SecurityEvent } from '../../contracts/security-event.js';
import type { TenantId } from '../../contracts/tenant.js';
import { type BatchHead, Detector } from './detector.js';

/** One batch on its way through a learning detector. No other batch of its tenant begins before it has ended. */
export interface Lesson {
  /** Learns a few of the events, which come in their order, each once. */
  take(events: readonly SecurityEvent[]): void;

  /** What was found in all of them, as `Detector.inspect` answers. */
  end(): Detection[];
}

/**
 * A detector whose answers depend on what it saw before. Inspecting events teaches it, so that the same events inspected twice give
 * different answers; whoever calls it takes care that each batch meets it once.
 */
export abstract class LearningDetector extends Detector {
  /** Begins a batch, all of whose events are given; they are learned as the lesson takes them, in however many turns. */
  abstract begin(tenant: TenantId, events: readonly SecurityEvent[], batch: BatchHead): Lesson;

  /**
   * How rare what an event tells is in this tenant, that event included: 0 (common) to 1 (never seen before). `undefined` where the
   * detector cannot tell, because it knows too little of the tenant or the event tells nothing that it counts. Learns nothing.
   */
  abstract rarityOf(tenant: TenantId, event: SecurityEvent): number | undefined;

  /** Drops what was learned about a tenant from memory. */
  abstract forget(tenant: TenantId): void;

  /** The whole batch in one turn. */
  inspect(tenant: TenantId, events: readonly SecurityEvent[], batch: BatchHead): Detection[] {
    const lesson = this.begin(tenant, events, batch);
    lesson.take(events);
    return lesson.end();
  }
}

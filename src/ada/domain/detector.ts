import type { Detection, DetectorKind } from '../../contracts/detection.js';
import type { EventBatch, SecurityEvent } from '../../contracts/security-event.js';
import type { TenantId } from '../../contracts/tenant.js';
import type { RulesInForce } from './rules-in-force.js';

/** Detectors by name. What anomaly detection finds is shown as statistical, which it is. */
export type DetectorName = DetectorKind | 'anomaly';

/** What is known of a batch besides its events. */
export type BatchHead = Pick<EventBatch, 'batch_id' | 'received_at'>;

/** A rule that matches an event, and whether filters leave that out. */
export interface RuleSighting {
  readonly ruleId: string;
  /** `SecurityEvent.index` of the event. */
  readonly event: number;
  readonly isLeftOut: boolean;
}

/**
 * A way of finding what is wrong in events; a plug-in of the detection agent. Detectors run inside worker threads, where a tenant's events
 * always meet the same instance one batch after another, so all calls are synchronous and state needs no locks.
 */
export abstract class Detector {
  /** What its snapshots are kept by. */
  abstract readonly kind: DetectorName;

  /** Called once, before anything else. */
  abstract init(): void;

  /** Detections in order of event index, then rule id. Never throws for what is in an event. */
  abstract inspect(tenant: TenantId, events: readonly SecurityEvent[], batch: BatchHead): Detection[];

  /**
   * What rules see in events of which nothing is to come: the same rules, filters and engine as for any others, and nothing is learned, kept or counted. Each
   * rule tells here where it alerts, or serves others. Detectors without rules of anybody's see nothing.
   */
  rehearse(_tenant: TenantId, _events: readonly SecurityEvent[], _batch: BatchHead): readonly RuleSighting[] {
    return [];
  }

  /** Takes rules in the place of those that it had, from the next events on; what was learned is kept. Detectors without rules of anybody's take none. */
  takeRules(_rules: RulesInForce): void {
    // There are none.
  }

  /** What the detector has learned about a tenant, in a form of its own; `null` where it keeps nothing. */
  abstract snapshot(tenant: TenantId): Uint8Array | null;

  /** Takes up a snapshot of this detector; one that cannot be read counts as none. */
  abstract restore(tenant: TenantId, snapshot: Uint8Array): void;

  /** Called once, after everything else. */
  abstract destroy(): void;
}

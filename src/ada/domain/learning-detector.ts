import type { SecurityEvent } from '../../contracts/security-event.js';
import type { TenantId } from '../../contracts/tenant.js';
import { Detector } from './detector.js';

/**
 * A detector whose answers depend on what it saw before. Inspecting events teaches it, so that the same events inspected twice give
 * different answers; whoever calls it takes care that each batch meets it once.
 */
export abstract class LearningDetector extends Detector {
  /**
   * How rare what an event tells is in this tenant, that event included: 0 (common) to 1 (never seen before). `undefined` where the
   * detector cannot tell, because it knows too little of the tenant or the event tells nothing that it counts. Learns nothing.
   */
  abstract rarityOf(tenant: TenantId, event: SecurityEvent): number | undefined;

  /** Drops what was learned about a tenant from memory. */
  abstract forget(tenant: TenantId): void;
}

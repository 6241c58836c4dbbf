import type { TenantId } from '../../contracts/tenant.js';

/** Is told whenever detectors are at work, so that somebody can see which of them never come back. */
export interface DetectionWatch {
  /** Does work of detectors that nothing interrupts, and answers what it answers. */
  during<T>(tenant: TenantId, work: () => T): T;
}

/** Nobody looks. */
export const UNWATCHED: DetectionWatch = { during: (_tenant, work) => work() };

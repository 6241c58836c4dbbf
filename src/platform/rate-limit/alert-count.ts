import type { TenantId } from '../../contracts/tenant.js';

/** How many alerts of their own a tenant's detections became: what `alerts_per_min` is held against, where alerts are raised. */
export abstract class AlertCount {
  /** In the minute of the wall clock that `at` (milliseconds since the epoch) falls in. */
  abstract inMinuteOf(tenant: TenantId, at: number): Promise<number>;
}

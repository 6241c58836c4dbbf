import type { FilterText } from '../../ada/domain/rule-filter-store.js';
import type { IndicatorImage } from '../../taa/domain/indicator-image.js';
import type { TenantKeySet } from '../../platform/encryption/tenant-key-set.js';

/** What a tenant's events meet in a thread that is the tenant's own. */
export interface OwnTerms {
  /** Filters that it has sent; null where they could not be read. */
  readonly filters: FilterText | null;
  /** What its events are compared with; null where it has no indicators. */
  readonly indicators: IndicatorImage | null;
}

/** What a thread must know of a tenant to serve it. */
export interface TenantTerms extends OwnTerms {
  /** Its keys; null where nothing is encrypted. */
  readonly keys: TenantKeySet | null;
  /** Chance of a false alarm that anomaly detection takes; null where it is off. */
  readonly risk: number | null;
}

import type { TenantId } from '../../contracts/tenant.js';
import type { AuditEntry } from '../../platform/audit/audit-record.js';
import type { IndicatorScope } from './retro/retro-match.js';
import type { Indicator, IndicatorReport, IndicatorType } from './indicator.js';

/** Which indicators are wanted: any of the values of each filter, all filters together. */
export interface IndicatorFilter {
  readonly types?: readonly IndicatorType[];
  /** In canonical form. */
  readonly value?: string;
  readonly sources?: readonly string[];
}

/** Who changes indicators, and in what request; for the audit. */
export type IndicatorChange = Pick<AuditEntry, 'actor' | 'correlation_id' | 'source_ip'>;

export interface IndicatorCounts {
  readonly added: number;
  readonly updated: number;
  readonly removed: number;
  /** What their source calls those that were not taken, as a newer version of them is stored; left out where there are none. */
  readonly outdated?: readonly string[];
}

/** The indicators of each tenant. Every change is written to the audit with it. */
export abstract class IndicatorStore {
  /** Ordered by id, after the id `after`. */
  abstract list(tenant: TenantId, filter: IndicatorFilter, after: string, limit: number): Promise<Indicator[]>;

  abstract find(tenant: TenantId, indicatorId: string): Promise<Indicator | undefined>;

  /** All that are not revoked. */
  abstract active(tenant: TenantId): Promise<Indicator[]>;

  /** Those of a scope that are not revoked, ordered by id, after the id `after`; `limit` at most. */
  abstract sought(tenant: TenantId, scope: IndicatorScope, after: string, limit: number): Promise<Indicator[]>;

  /** A number that is another one after every change, whichever process made it. */
  abstract revision(tenant: TenantId): Promise<number>;

  /** Adds the reports of a source and replaces those of it that have the same `external_id`, except by older versions. */
  abstract put(tenant: TenantId, source: string, reports: readonly IndicatorReport[], change: IndicatorChange): Promise<IndicatorCounts>;

  /** Makes the reports all that a source has: the others of it are removed. Writes nothing where nothing differs. */
  abstract replace(
    tenant: TenantId,
    source: string,
    reports: readonly IndicatorReport[],
    change: IndicatorChange,
  ): Promise<IndicatorCounts>;

  /** False where there is no such indicator. */
  abstract remove(tenant: TenantId, indicatorId: string, change: IndicatorChange): Promise<boolean>;

  /** Sources that the tenant has indicators of. */
  abstract sources(tenant: TenantId): Promise<string[]>;
}

import type { RuleHeader } from './rule-header.js';
import type { TenantDetection } from './tenant-detection.js';

/** Where a rule's events come from, in the rule's words. */
export interface Logsource {
  readonly product?: string;
  readonly category?: string;
  readonly service?: string;
}

/** Events of a product that have one of each of the lists given, in lower case. */
export interface OriginForm {
  readonly product: string;
  readonly channels?: readonly string[];
  readonly event_ids?: readonly number[];
  readonly event_types?: readonly string[];
  readonly categories?: readonly string[];
  readonly services?: readonly string[];
}

/** Which events a log source's category and service mean, besides those that bear their names. */
export interface LogsourceMeaning {
  readonly categories: readonly OriginForm[];
  readonly services: readonly OriginForm[];
}

/** A detection rule, read and checked. */
export interface SigmaRule extends RuleHeader, TenantDetection {
  readonly logsource: Logsource;
  readonly means: LogsourceMeaning;
}

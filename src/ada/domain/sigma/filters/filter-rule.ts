import type { RuleHeader } from '../rule-header.js';
import type { Logsource } from '../sigma-rule.js';
import type { TenantDetection } from '../tenant-detection.js';

/** A filter rule, read and checked: matches of the rules it names that it holds for are left out. */
export interface FilterRule extends RuleHeader, TenantDetection {
  readonly logsource: Logsource;
  /** Ids or names of detection rules as the document has them; `any` stands for all rules of its log source. */
  readonly rules: readonly string[] | 'any';
}

import type { DetectorKind, RuleReference } from './detection.js';
import type { TenantId } from './tenant.js';

/** What a rule is: a Sigma document of one of three kinds, or a statistic. */
export const RULE_TYPES = ['detection', 'correlation', 'filter', 'statistic'] as const;

export type RuleType = (typeof RULE_TYPES)[number];

/** A rule in force, as users see it. */
export interface RuleSummary extends RuleReference {
  readonly detector: DetectorKind;
  /** Left out it follows from the detector: a statistic, or a detection rule. */
  readonly type?: RuleType;
  /** Whether it raises alerts; left out it does. Filters do not, nor do rules that only serve correlations. */
  readonly alerts?: boolean;
  /** Ids or names of the rules that a correlation or a filter refers to; left out there are none. */
  readonly rules?: readonly string[];
  /** Sigma status: `stable`, `test`, `experimental` … */
  readonly status: string;
  readonly description: string;
  readonly techniques: readonly string[];
  readonly tactics: readonly string[];
  readonly logsource: { readonly product?: string; readonly category?: string; readonly service?: string };
  readonly falsepositives: readonly string[];
}

/** A rule that was found but is not in force. */
export interface UnsupportedRule {
  readonly path: string;
  /** Line of the file, from 1, where what is wrong stands; null or left out where it is the file as a whole. */
  readonly line?: number | null;
  readonly id: string | null;
  readonly title: string | null;
  readonly reason: string;
}

/** The rules in force for a tenant. */
export abstract class RuleCatalog {
  /** Ordered by id. */
  abstract list(tenant: TenantId): Promise<readonly RuleSummary[]>;

  abstract find(tenant: TenantId, ruleId: string): Promise<RuleSummary | undefined>;

  abstract unsupported(tenant: TenantId): Promise<readonly UnsupportedRule[]>;
}

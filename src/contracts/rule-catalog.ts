import type { DetectorKind, RuleReference } from './detection.js';
import type { TenantId } from './tenant.js';

/** A rule in force, as users see it. */
export interface RuleSummary extends RuleReference {
  readonly detector: DetectorKind;
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
  /** Line of the file, from 1, where what is wrong stands; null where it is the file as a whole. */
  readonly line: number | null;
  readonly id: string | null;
  readonly title: string | null;
  readonly reason: string;
}

/** The rules in force for a tenant. */
export abstract class RuleCatalog {
  /** Ordered by id. */
  abstract list(tenant: TenantId): Promise<readonly RuleSummary[]>;

  abstract find(tenant: TenantId, ruleId: string): Promise<RuleSummary | undefined>;

  abstract unsupported(): Promise<readonly UnsupportedRule[]>;
}

import type { Feedback, FeedbackVerdict } from '../../contracts/feedback.js';
import type { TenantId } from '../../contracts/tenant.js';

/** What learning keeps of feedback. */
export abstract class FeedbackStore {
  /**
   * Keeps feedback with its audit record. An analyst's later word on an alert takes the place of the earlier one; feedback already kept
   * (by its id) changes nothing and answers false.
   */
  abstract keep(tenant: TenantId, feedback: Feedback): Promise<boolean>;

  /** The last word of each analyst on each alert of a rule. */
  abstract ofRule(tenant: TenantId, ruleId: string): Promise<readonly { readonly verdict: FeedbackVerdict; readonly analyst: string }[]>;
}

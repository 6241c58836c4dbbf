import type { RuleSetChange } from './domain/compare-rule-sets.js';

/** What a reload has put in force, in the place of what was before. */
export interface ReloadedRules extends RuleSetChange {
  /** Counts up from 1, the rules of the start. */
  readonly generation: number;
  /** Documents that are not in force, as something is wrong in them. */
  readonly failed: number;
}

/** Puts the rules and filters in force that are in the files now. */
export abstract class RuleReload {
  /**
   * Every event meets the rules before or those after.
   * @throws Problem 422 where the files cannot be read or hold no rule, 409 while another reload is under way, 503 where a thread is lost; the rules before stay then.
   */
  abstract reload(): Promise<ReloadedRules>;
}

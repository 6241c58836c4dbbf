import type { UnsupportedRule } from '../../../contracts/rule-catalog.js';
import type { TenantId } from '../../../contracts/tenant.js';
import type { FilterText } from '../rule-filter-store.js';
import type { EventSpan, PastRecord } from '../../../contracts/stored-events.js';
import type { TriedRule } from './rule-tally.js';
import type { TrialFindings } from './rule-trial.js';

/** What a document of rules holds. */
export interface CheckedRules {
  /** Those that can be tried. */
  readonly rules: readonly TriedRule[];
  /** What cannot, and why. */
  readonly faults: readonly UnsupportedRule[];
}

/** What is tried, for whom, and what is left out of the matches besides the filters of all tenants. */
export interface Trial {
  readonly tenant: TenantId;
  readonly document: string;
  /** What the tenant has sent of filters. */
  readonly filters: FilterText;
  readonly span: EventSpan;
}

/** Where rules are tried on events, apart from where events are taken in. */
export abstract class RuleTrials {
  /** Reads a document. @throws TrialTooCostly */
  abstract check(tenant: TenantId, document: string): Promise<CheckedRules>;

  /** Tries the rules on some events. @throws TrialTooCostly */
  abstract look(trial: Trial, records: readonly PastRecord[]): Promise<TrialFindings>;
}

/** Rules, or events, took more time or memory than a trial may. */
export class TrialTooCostly extends Error {
  override readonly name = 'TrialTooCostly';
}

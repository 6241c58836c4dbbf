import type { TrialFindings } from '../../ada/domain/backtest/rule-trial.js';
import type { CheckedRules, Trial } from '../../ada/domain/backtest/rule-trials.js';
import type { PastRecord } from '../../contracts/stored-events.js';
import type { TenantId } from '../../contracts/tenant.js';

/** What is asked of the thread of trials. */
export type TrialRequest =
  | { readonly op: 'check'; readonly tenant: TenantId; readonly document: string }
  | { readonly op: 'look'; readonly trial: Trial; readonly records: readonly PastRecord[] };

/** What it answers. */
export type TrialAnswer = CheckedRules | TrialFindings;

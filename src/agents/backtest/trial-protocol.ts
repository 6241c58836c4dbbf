import type { PastRecord } from '../../ada/domain/backtest/past-record.js';
import type { TrialFindings } from '../../ada/domain/backtest/rule-trial.js';
import type { CheckedRules, Trial } from '../../ada/domain/backtest/rule-trials.js';

/** What is asked of the thread of trials. One request at a time may be under way. */
export type TrialRequest =
  | { readonly op: 'check'; readonly document: string }
  | { readonly op: 'look'; readonly trial: Trial; readonly records: readonly PastRecord[] };

/** What it says. */
export type TrialMessage =
  | { readonly say: 'ready' }
  | { readonly say: 'done'; readonly value: CheckedRules | TrialFindings }
  | { readonly say: 'failed'; readonly message: string };

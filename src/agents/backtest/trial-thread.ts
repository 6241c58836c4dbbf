import type { TrialFindings } from '../../ada/domain/backtest/rule-trial.js';
import { type CheckedRules, RuleTrials, type Trial, TrialTooCostly } from '../../ada/domain/backtest/rule-trials.js';
import type { PastRecord } from '../../contracts/stored-events.js';
import type { TenantId } from '../../contracts/tenant.js';
import { type AsideLimits, AsideThread, ThreadLost } from '../aside/aside-thread.js';
import type { RuleSetInForce } from '../pipeline/rule-set.js';
import type { TrialAnswer, TrialRequest } from './trial-protocol.js';

/** A rule takes some µs an event, a page has some hundred events: what takes seconds is made to be slow. The thread holds the rules in force besides. */
export const TRIAL_LIMITS: AsideLimits = { requestMs: 3_000, heapMiB: 512, idleMs: 60_000 };

/** Tries rules in a thread of its own, which may be lost over them. */
export class TrialThread extends RuleTrials {
  private readonly thread: AsideThread<TrialRequest, TrialAnswer>;

  constructor(rules: RuleSetInForce, limits: AsideLimits = TRIAL_LIMITS) {
    super();
    this.thread = new AsideThread({ name: 'trial', path: 'agents/backtest/trial.worker.js', data: () => rules.current }, limits);
  }

  check(tenant: TenantId, document: string): Promise<CheckedRules> {
    return this.ask({ op: 'check', tenant, document }, '') as Promise<CheckedRules>;
  }

  look(trial: Trial, records: readonly PastRecord[]): Promise<TrialFindings> {
    return this.ask({ op: 'look', trial, records }, ` over ${records.length} events`) as Promise<TrialFindings>;
  }

  close(): Promise<void> {
    return this.thread.close();
  }

  /** Somebody waits for a document to be checked. */
  private async ask(request: TrialRequest, over: string): Promise<TrialAnswer> {
    try {
      return await this.thread.ask(request, request.op === 'check');
    } catch (error) {
      throw error instanceof ThreadLost ? new TrialTooCostly(`the rules ${error.message}${over}`) : error;
    }
  }
}

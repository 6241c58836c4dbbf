import type { TrialFindings } from '../../src/ada/domain/backtest/rule-trial.js';
import { type CheckedRules, RuleTrials, type Trial } from '../../src/ada/domain/backtest/rule-trials.js';
import type { TrialThread } from '../../src/agents/backtest/trial-thread.js';
import type { PastRecord } from '../../src/contracts/stored-events.js';
import type { TenantId } from '../../src/contracts/tenant.js';
import { PageGate } from './page-gate.js';

/** Trials that can be held at some page of events. */
export class GatedTrials extends RuleTrials {
  readonly gate = new PageGate();

  constructor(private readonly trials: TrialThread) {
    super();
  }

  check(tenant: TenantId, document: string): Promise<CheckedRules> {
    return this.trials.check(tenant, document);
  }

  async look(trial: Trial, records: readonly PastRecord[]): Promise<TrialFindings> {
    await this.gate.pass();
    return this.trials.look(trial, records);
  }

  close(): Promise<void> {
    return this.trials.close();
  }
}

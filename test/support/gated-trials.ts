import { setTimeout as sleep } from 'node:timers/promises';
import type { PastRecord } from '../../src/contracts/stored-events.js';
import type { TrialFindings } from '../../src/ada/domain/backtest/rule-trial.js';
import { type CheckedRules, RuleTrials, type Trial } from '../../src/ada/domain/backtest/rule-trials.js';
import type { TrialThread } from '../../src/agents/backtest/trial-thread.js';

/** Longer than a turn of a back-test lasts. */
const LONG_MS = 300;

/** Trials that can be held at some page of events. */
export class GatedTrials extends RuleTrials {
  private left: number | undefined;
  private gate = Promise.withResolvers<Error | undefined>();
  private arrival = Promise.withResolvers<void>();

  constructor(private readonly trials: TrialThread) {
    super();
  }

  /** Holds whatever comes after some pages, each of which takes a turn. */
  hold({ after }: { readonly after: number }): void {
    this.left = after;
    this.gate = Promise.withResolvers();
    this.arrival = Promise.withResolvers();
  }

  /** Resolves once something is held. */
  held(): Promise<void> {
    return this.arrival.promise;
  }

  /** Lets everything go on, or fail. */
  release(failure?: Error): void {
    this.left = undefined;
    this.gate.resolve(failure);
  }

  check(document: string): Promise<CheckedRules> {
    return this.trials.check(document);
  }

  async look(trial: Trial, records: readonly PastRecord[]): Promise<TrialFindings> {
    if (this.left === undefined) return this.trials.look(trial, records);
    if (this.left > 0) {
      this.left -= 1;
      await sleep(LONG_MS);
      return this.trials.look(trial, records);
    }
    this.arrival.resolve();
    const failure = await this.gate.promise;
    if (failure) throw failure;
    return this.trials.look(trial, records);
  }

  close(): Promise<void> {
    return this.trials.close();
  }
}

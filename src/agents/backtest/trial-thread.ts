import { Worker } from 'node:worker_threads';
import type { DetectionFiles } from '../../ada/adapters/load-detection.js';
import type { PastRecord } from '../../ada/domain/backtest/past-record.js';
import type { TrialFindings } from '../../ada/domain/backtest/rule-trial.js';
import { type CheckedRules, RuleTrials, type Trial, TrialTooCostly } from '../../ada/domain/backtest/rule-trials.js';
import { heapLimits } from '../../platform/storage/heap-limits.js';
import { workerScript } from '../../platform/storage/worker-script.js';
import { lossOf } from '../pipeline/apart/loss-reason.js';
import type { TrialMessage, TrialRequest } from './trial-protocol.js';
import { TrialQueue } from './trial-queue.js';

/** Bounds of the thread of trials. */
export interface TrialLimits {
  /** Longest time that reading a document, or trying rules on a page of events, may take, in milliseconds. */
  readonly requestMs: number;
  /** Most memory that its objects may take, in mebibytes: it holds the rules in force besides. */
  readonly heapMiB: number;
  /** After how long without a request it ends, in milliseconds. */
  readonly idleMs: number;
}

/** A rule takes some µs an event, a page has some hundred events: what takes seconds is made to be slow. */
export const TRIAL_LIMITS: TrialLimits = { requestMs: 3_000, heapMiB: 512, idleMs: 60_000 };

const LOOK_EVERY_MS = 50;

/** What became of a request: `lost` where the thread was lost over it, or did not come back. */
type TrialAnswer = Exclude<TrialMessage, { say: 'ready' }> | { readonly say: 'lost'; readonly reason: string };

/**
 * Tries rules in a thread of its own, which may be lost over them: where events are taken in nothing is held up. It is started when it is needed.
 */
export class TrialThread extends RuleTrials {
  private readonly queue = new TrialQueue();
  private worker: Worker | undefined;
  private idle: NodeJS.Timeout | undefined;

  constructor(
    private readonly files: DetectionFiles,
    private readonly limits: TrialLimits = TRIAL_LIMITS,
  ) {
    super();
  }

  check(document: string): Promise<CheckedRules> {
    return this.queue.add(() => this.ask({ op: 'check', document }) as Promise<CheckedRules>, true);
  }

  look(trial: Trial, records: readonly PastRecord[]): Promise<TrialFindings> {
    return this.queue.add(() => this.ask({ op: 'look', trial, records }) as Promise<TrialFindings>, false);
  }

  async close(): Promise<void> {
    clearTimeout(this.idle);
    const { worker } = this;
    this.worker = undefined;
    await worker?.terminate();
  }

  private async ask(request: TrialRequest): Promise<CheckedRules | TrialFindings> {
    clearTimeout(this.idle);
    const worker = (this.worker ??= await this.start());
    const answer = await this.answerOf(worker, request);
    if (answer.say === 'lost') {
      await this.close();
      throw new TrialTooCostly(`the rules ${answer.reason}${request.op === 'look' ? ` over ${request.records.length} events` : ''}`);
    }
    this.idle = setTimeout(() => void this.close(), this.limits.idleMs).unref();
    if (answer.say === 'done') return answer.value;
    throw new Error(answer.message);
  }

  /** Time is counted in looks, so that a process that was stopped holds it against nobody. */
  private async answerOf(worker: Worker, request: TrialRequest): Promise<TrialAnswer> {
    const { promise, resolve } = Promise.withResolvers<TrialAnswer>();
    const onMessage = (message: Exclude<TrialMessage, { say: 'ready' }>): void => resolve(message);
    const onError = (error: unknown): void => resolve({ say: 'lost', reason: lossOf(error) });
    const onExit = (code: number): void => resolve({ say: 'failed', message: `the thread of trials ended with code ${code}` });
    let left = Math.ceil(this.limits.requestMs / LOOK_EVERY_MS);
    const timer = setInterval(() => {
      if (left-- <= 0) resolve({ say: 'lost', reason: `took longer than ${this.limits.requestMs} ms` });
    }, LOOK_EVERY_MS);
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    try {
      worker.postMessage(request);
      return await promise;
    } finally {
      clearInterval(timer);
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
    }
  }

  private async start(): Promise<Worker> {
    const worker = new Worker(workerScript('agents/backtest/trial.worker.js'), {
      workerData: this.files,
      name: 'trial',
      resourceLimits: heapLimits(this.limits.heapMiB),
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    worker.once('message', () => resolve());
    worker.on('error', reject);
    worker.on('exit', (code) => {
      if (this.worker === worker) this.worker = undefined;
      reject(new Error(`the thread of trials ended with code ${code}`));
    });
    await promise;
    worker.unref();
    return worker;
  }
}

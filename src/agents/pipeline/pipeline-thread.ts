import { Worker } from 'node:worker_threads';
import { PipelineUnavailable } from '../../mssp/ingest/domain/event-pipeline.js';
import { RefusedSubmission } from '../../mssp/ingest/domain/submission.js';
import { DatabaseAway } from '../../platform/storage/database-away.js';
import { heapLimits } from '../../platform/storage/heap-limits.js';
import { workerScript } from '../../platform/storage/worker-script.js';
import type { TenantId } from '../../contracts/tenant.js';
import { newMark, readMark } from './detection-mark.js';
import type { TenantTerms } from './tenant-terms.js';
import type { PipelineCalls, PipelineFault, PipelineMessage, PipelineOperation } from './pipeline-protocol.js';
import type { StoringSetup, ThreadSetup } from './pipeline-setup.js';
import { StuckTurn } from './stuck-turn.js';

const SHORTEST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 10_000;
const HEALTHY_AFTER_MS = 60_000;
const LOOK_EVERY_MS = 100;
const LONGEST_TURN_MS = 5_000;
/** Rules, what is learned of a few hundred tenants, and the batches under way. */
const LARGEST_HEAP_MIB = 2_048;

/** What a thread tells its owner. */
export interface ThreadListener {
  readonly said: (message: Exclude<PipelineMessage, { say: 'ready' | 'reply' | 'fault' }>) => void;
  /** The thread was lost; what it had not answered was refused. Where its detectors were at events of a tenant, those may have taken it down. */
  readonly lost: (error: Error, suspect: TenantId | undefined) => void;
  /** The thread is there again. */
  readonly returned: () => void;
}

interface Waiter {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * One pipeline thread and the requests it has not answered. A thread that dies is started again, after a while that grows; one whose detectors do not come back
 * from a turn is ended first.
 */
export class PipelineThread {
  private worker: Worker | undefined;
  private readonly waiting = new Map<number, Waiter>();
  private readonly opened = new Set<TenantId>();
  /** The tenants that were ever opened, each at the place of its number less one. */
  private readonly numbered: TenantId[] = [];
  private mark = newMark();
  private watch: NodeJS.Timeout | undefined;
  private nextId = 1;
  private delay = SHORTEST_DELAY_MS;
  private closing = false;
  private restart: NodeJS.Timeout | undefined;

  constructor(
    private readonly setup: StoringSetup,
    private readonly listener: ThreadListener,
    /** Longest turn of detectors, in milliseconds; a turn is a few events, or a batch of which they learn. */
    private readonly longestTurnMs = LONGEST_TURN_MS,
  ) {}

  /** Requests not answered yet. */
  get load(): number {
    return this.waiting.size;
  }

  get isRunning(): boolean {
    return this.worker !== undefined;
  }

  /** Resolves once the thread takes requests. @throws Error where it cannot start, as with rules that cannot be read. */
  async start(): Promise<void> {
    this.mark = newMark();
    const { rules, ...setup } = this.setup;
    const set = rules.current;
    const workerData = { ...setup, set, mark: this.mark } satisfies ThreadSetup;
    const worker = new Worker(workerScript('agents/pipeline/pipeline.worker.js'), {
      workerData,
      name: 'pipeline',
      resourceLimits: heapLimits(LARGEST_HEAP_MIB),
    });
    const startedAt = performance.now();
    await new Promise<void>((resolve, reject) => {
      worker.on('message', (message: PipelineMessage) => {
        if (message.say === 'ready') resolve();
        else this.receive(message);
      });
      worker.once('error', (error) => {
        reject(error as Error);
        this.fail(worker, error as Error, startedAt);
      });
      worker.once('exit', (code) => {
        const error = new Error(`the pipeline thread ended with code ${code}`);
        reject(error);
        this.fail(worker, error, startedAt);
      });
    });
    if (set !== rules.current) {
      await worker.terminate();
      return this.start();
    }
    this.worker = worker;
    this.lookAfter(worker, startedAt);
  }

  /**
   * Asks something of the thread.
   * @throws RefusedSubmission where the thread refuses it, DatabaseAway, PipelineUnavailable where there is no answer to be had.
   */
  ask<Operation extends PipelineOperation>(
    request: PipelineCalls[Operation]['request'] & { op: Operation },
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<PipelineCalls[Operation]['reply']> {
    const { worker } = this;
    if (!worker) return Promise.reject(new PipelineUnavailable('the pipeline thread is not running'));
    const id = this.nextId++;
    return new Promise<unknown>((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      worker.postMessage({ id, request }, transfer);
    }) as Promise<PipelineCalls[Operation]['reply']>;
  }

  /** Whether the thread was told to serve a tenant. */
  serves(tenant: TenantId): boolean {
    return this.opened.has(tenant);
  }

  /** Has the thread serve a tenant on its terms; what is asked afterwards reaches it later. */
  open(tenant: TenantId, terms: TenantTerms): void {
    if (!this.worker) return;
    this.opened.add(tenant);
    this.ask({ op: 'open', tenant, terms, number: this.numberOf(tenant) }).catch(() => this.opened.delete(tenant));
  }

  /** The next to ask for a tenant opens it again, on the terms that it then has. */
  reopen(tenant: TenantId): void {
    this.opened.delete(tenant);
  }

  /** Has the thread close all that it holds of a tenant. */
  async retire(tenant: TenantId): Promise<void> {
    this.opened.delete(tenant);
    if (this.worker) await this.ask({ op: 'retire', tenant });
  }

  /** Lets the thread finish what it has and ends it. */
  async close(): Promise<void> {
    this.closing = true;
    clearTimeout(this.restart);
    clearInterval(this.watch);
    if (!this.worker) return;
    await this.ask({ op: 'close' });
    await this.worker.terminate();
  }

  private receive(message: Exclude<PipelineMessage, { say: 'ready' }>): void {
    if (message.say !== 'reply' && message.say !== 'fault') {
      this.listener.said(message);
      return;
    }
    const waiter = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (message.say === 'reply') waiter?.resolve(message.value);
    else waiter?.reject(this.toError(message.fault));
  }

  private toError(fault: PipelineFault): Error {
    if (fault.kind === 'refused') return new RefusedSubmission(fault.reason, fault.detail, fault.faults);
    if (fault.kind === 'away') return new DatabaseAway('PostgreSQL, where events are, cannot be asked at present');
    const { storage, message } = fault;
    if (storage) this.listener.said({ say: 'trouble', event: `storage.${storage}`, tenant: null, message });
    else this.listener.said({ say: 'trouble', event: 'pipeline.failed', tenant: null, message });
    return new PipelineUnavailable('the pipeline thread could not do it');
  }

  private fail(worker: Worker, error: Error, startedAt: number): void {
    if (this.worker !== worker) return;
    this.worker = undefined;
    clearInterval(this.watch);
    const { turn, subject } = readMark(this.mark);
    const suspect = turn === 0 ? undefined : this.numbered[subject - 1];
    for (const waiter of this.waiting.values()) waiter.reject(new PipelineUnavailable('the pipeline thread was lost'));
    this.waiting.clear();
    this.opened.clear();
    if (this.closing) return;
    this.listener.lost(error, suspect);
    if (suspect !== undefined || performance.now() - startedAt > HEALTHY_AFTER_MS) this.delay = SHORTEST_DELAY_MS;
    this.startLater();
  }

  /** Ends a thread whose detectors do not come back. */
  private lookAfter(worker: Worker, startedAt: number): void {
    const stuck = new StuckTurn(this.longestTurnMs);
    this.watch = setInterval(() => {
      const lasted = stuck.look(readMark(this.mark), performance.now());
      if (lasted === undefined) return;
      this.fail(worker, new Error(`the pipeline thread hung for ${Math.round(lasted)} ms`), startedAt);
      worker.terminate().catch(() => undefined);
    }, LOOK_EVERY_MS);
    this.watch.unref();
  }

  private numberOf(tenant: TenantId): number {
    const known = this.numbered.indexOf(tenant);
    return known === -1 ? this.numbered.push(tenant) : known + 1;
  }

  private startLater(): void {
    this.restart = setTimeout(() => {
      this.start().then(
        () => this.listener.returned(),
        () => this.startLater(),
      );
    }, this.delay);
    this.delay = Math.min(LONGEST_DELAY_MS, this.delay * 2);
  }
}

import { Worker } from 'node:worker_threads';
import type { TenantId } from '../../../contracts/tenant.js';
import { heapLimits } from '../../../platform/storage/heap-limits.js';
import { workerScript } from '../../../platform/storage/worker-script.js';
import { newMark, readMark } from '../detection-mark.js';
import type { InspectingThreadSetup, PipelineSetup } from '../pipeline-setup.js';
import { StuckTurn } from '../stuck-turn.js';
import type { RuleSet } from '../rule-set.js';
import type { OwnTerms } from '../tenant-terms.js';
import type { ApartBatch, ApartMessage, ApartTrial, ThrownEvent } from './apart-protocol.js';
import type { TrialOutcome } from './find-culprits.js';
import { lossOf } from './loss-reason.js';

const LOOK_EVERY_MS = 50;

/** Bounds of a thread apart. */
export interface ApartLimits {
  /** Longest time that one event may take, in milliseconds. */
  readonly eventMs: number;
  /** Most memory that its objects may take, in mebibytes. */
  readonly heapMiB: number;
}

/** A thread in which events are tried that may take it down. It is started when it is needed, and replaced when it is lost or rules change. */
export class ApartThread {
  private worker: Worker | undefined;
  private mark = newMark();
  private set: RuleSet | undefined;

  constructor(
    private readonly setup: PipelineSetup,
    private readonly limits: ApartLimits,
    private readonly ownOf: (tenant: TenantId) => OwnTerms | undefined,
  ) {}

  /**
   * Tries the events of a batch from an index on; one at a time may be under way.
   * @param timeMs the longest that it may take in all.
   * @throws Error where it ends for another reason than an event.
   */
  async run(batch: ApartBatch, from: number, timeMs: number): Promise<TrialOutcome> {
    if (this.set !== this.setup.rules.current) await this.close();
    const worker = (this.worker ??= await this.start());
    const ends = performance.now() + timeMs;
    const thrown: ThrownEvent[] = [];
    let isSound = false;
    const stuck = new StuckTurn(this.limits.eventMs);
    let timer: NodeJS.Timeout | undefined;
    try {
      const end = await new Promise<'through' | { readonly reason: string | undefined }>((resolve) => {
        worker.on('message', (message: ApartMessage) => {
          if (message.say === 'thrown') thrown.push(message.event);
          if (message.say === 'sound') isSound = true;
          if (message.say === 'through') resolve('through');
        });
        worker.once('error', (error) => resolve({ reason: lossOf(error) }));
        worker.once('exit', (code) => resolve({ reason: `ended the thread with code ${code}` }));
        timer = setInterval(() => {
          const now = performance.now();
          if (stuck.look(readMark(this.mark), now) !== undefined) resolve({ reason: `hung for ${this.limits.eventMs} ms` });
          else if (now > ends) resolve({ reason: undefined });
        }, LOOK_EVERY_MS);
        const own = this.ownOf(batch.tenant);
        worker.postMessage({ batch, from, ...(own && { own }) } satisfies ApartTrial);
      });
      return { thrown, isSound, stopped: end === 'through' ? undefined : await this.replace(worker, end.reason) };
    } finally {
      clearInterval(timer);
      for (const event of ['message', 'error', 'exit']) worker.removeAllListeners(event);
    }
  }

  async close(): Promise<void> {
    await this.worker?.terminate();
    this.worker = undefined;
  }

  private async replace(worker: Worker, reason: string | undefined): Promise<ThrownEvent> {
    const { turn, subject } = readMark(this.mark);
    this.worker = undefined;
    await worker.terminate();
    if (reason === undefined) throw new Error('the events could not be tried in time');
    if (turn === 0) throw new Error(`the thread was lost over no event: ${reason}`);
    return { index: subject, reason };
  }

  private async start(): Promise<Worker> {
    this.mark = newMark();
    const { maxEvents, rules } = this.setup;
    const set = (this.set = rules.current);
    const worker = new Worker(workerScript('agents/pipeline/apart/apart.worker.js'), {
      workerData: { maxEvents, set, mark: this.mark } satisfies InspectingThreadSetup,
      name: 'apart',
      resourceLimits: heapLimits(this.limits.heapMiB),
    });
    await new Promise<void>((resolve, reject) => {
      worker.once('message', () => resolve());
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`the thread apart ended with code ${code}`)));
    });
    for (const event of ['message', 'error', 'exit']) worker.removeAllListeners(event);
    worker.unref();
    return worker;
  }
}

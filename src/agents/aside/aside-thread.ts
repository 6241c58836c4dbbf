import { Worker } from 'node:worker_threads';
import { heapLimits } from '../../platform/storage/heap-limits.js';
import { workerScript } from '../../platform/storage/worker-script.js';
import { lossOf } from '../pipeline/apart/loss-reason.js';
import { AsideQueue } from './aside-queue.js';

/** Bounds of a thread beside the others. */
export interface AsideLimits {
  /** Longest time that one request may take, in milliseconds. */
  readonly requestMs: number;
  /** Most memory that its objects may take, in mebibytes. */
  readonly heapMiB: number;
  /** After how long without a request it ends, in milliseconds. */
  readonly idleMs: number;
}

/** What runs in it. */
export interface AsideScript {
  readonly name: string;
  /** The build's file of the thread. */
  readonly path: string;
  /** What it is started with; where that has become something else, it is started anew before the next request. */
  readonly data?: () => unknown;
}

/** What such a thread says: `ready` once, then one answer to each request. */
export type AsideMessage<Answer> =
  { readonly say: 'ready' } | { readonly say: 'done'; readonly value: Answer } | { readonly say: 'failed'; readonly message: string };

const LOOK_EVERY_MS = 50;

/** What became of a request: `lost` where the thread was lost over it, or did not come back. */
type Outcome<Answer> = Exclude<AsideMessage<Answer>, { say: 'ready' }> | { readonly say: 'lost'; readonly reason: string };

/**
 * A thread of its own for what may be slow, which may be lost over it: where events are taken in nothing is held up. It does one request at a time, is started when
 * it is needed, and ends when it is not.
 */
export class AsideThread<Request, Answer> {
  private readonly queue = new AsideQueue();
  private worker: Worker | undefined;
  private data: unknown;
  private idle: NodeJS.Timeout | undefined;

  constructor(
    private readonly script: AsideScript,
    private readonly limits: AsideLimits,
  ) {}

  /**
   * @param isUrgent it comes before requests that are not.
   * @throws ThreadLost where it took too much time or memory; Error with what the thread says else.
   */
  ask(request: Request, isUrgent = false): Promise<Answer> {
    return this.queue.add(() => this.answer(request), isUrgent);
  }

  async close(): Promise<void> {
    clearTimeout(this.idle);
    const { worker } = this;
    this.worker = undefined;
    await worker?.terminate();
  }

  private async answer(request: Request): Promise<Answer> {
    clearTimeout(this.idle);
    if (this.worker && this.data !== this.script.data?.()) await this.close();
    const worker = (this.worker ??= await this.start());
    const outcome = await this.outcomeOf(worker, request);
    if (outcome.say === 'lost') {
      await this.close();
      throw new ThreadLost(outcome.reason);
    }
    this.idle = setTimeout(() => void this.close(), this.limits.idleMs).unref();
    if (outcome.say === 'done') return outcome.value;
    throw new Error(outcome.message);
  }

  /** Time is counted in looks, so that a process that was stopped holds it against nobody. */
  private async outcomeOf(worker: Worker, request: Request): Promise<Outcome<Answer>> {
    const { promise, resolve } = Promise.withResolvers<Outcome<Answer>>();
    const onMessage = (message: Exclude<AsideMessage<Answer>, { say: 'ready' }>): void => resolve(message);
    const onError = (error: unknown): void => resolve({ say: 'lost', reason: lossOf(error) });
    const onExit = (code: number): void => resolve({ say: 'failed', message: `the thread ${this.script.name} ended with code ${code}` });
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
    const { name, path, data } = this.script;
    this.data = data?.();
    const worker = new Worker(workerScript(path), { workerData: this.data, name, resourceLimits: heapLimits(this.limits.heapMiB) });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    worker.once('message', () => resolve());
    worker.on('error', reject);
    worker.on('exit', (code) => {
      if (this.worker === worker) this.worker = undefined;
      reject(new Error(`the thread ${name} ended with code ${code}`));
    });
    await promise;
    worker.unref();
    return worker;
  }
}

/** A request took more time or memory than it may. */
export class ThreadLost extends Error {
  override readonly name = 'ThreadLost';
}

import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import type { TenantId } from '../../contracts/tenant.js';
import type { BatchProcessor, ProcessedBatch } from '../../mssp/ingest/domain/batch-processor.js';
import type { EventBatchRequest } from '../../mssp/ingest/domain/event-batch-request.js';
import type { ChunkPosition, EventStore, SettledBatch } from '../../mssp/ingest/domain/event-store.js';
import type { IngestLock, IngestLocks } from '../../mssp/ingest/domain/ingest-locks.js';
import { RefusedSubmission } from '../../mssp/ingest/domain/submission.js';
import type { TenantRecovery } from '../../mssp/ingest/domain/tenant-recovery.js';

/** Bounds of one chunk, so that reading a single event back stays cheap. */
const MOST_EVENTS = 5_000;
const MOST_BYTES = 8 * 1024 * 1024;
const MOST_SETTLED = 1_000;
/** How long a lane stands back after its turn where another process has events of the same tenant. */
const STAND_BACK_MS = 4;

interface Waiting {
  readonly request: EventBatchRequest;
  readonly resolve: (processed: ProcessedBatch) => void;
  readonly reject: (error: unknown) => void;
}

/** What a lane works with. */
export interface LaneParts {
  readonly store: EventStore;
  readonly processor: BatchProcessor;
  readonly recovery: TenantRecovery;
  /** What one process at a time holds while it stores events of a tenant. */
  readonly locks: IngestLocks;
}

/**
 * One tenant's way through a pipeline thread. All requests that wait when the lane gets its turn become one chunk and one transaction, so that
 * the disk is synced once for all of them and nobody waits for company. Other processes may have lanes for the same tenant: they take turns, and
 * each learns at the beginning of its turn what the others have stored.
 */
export class TenantLane {
  private readonly waiting: Waiting[] = [];
  /** What is to be done between two chunks. */
  private readonly aside: (() => Promise<void>)[] = [];
  private settled: SettledBatch[] = [];
  private running: Promise<void> | undefined;
  /** The newest chunk that detection knows; `undefined` where what was learned must be taken up from the beginning. */
  private learnedTo: { readonly chunk: ChunkPosition | undefined } | undefined;
  private hasCompany = false;
  private readonly lock: IngestLock;

  constructor(
    private readonly tenant: TenantId,
    private readonly parts: LaneParts,
  ) {
    this.lock = parts.locks.of(tenant);
  }

  /** Resolves once the request is stored. @throws Error where it is not. */
  enqueue(request: EventBatchRequest): Promise<ProcessedBatch> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ request, resolve, reject });
      this.running ??= this.run();
    });
  }

  /** Notes a settled batch, to be written with the next chunk. */
  settle(settled: SettledBatch): void {
    this.settled.push(settled);
  }

  /** Writes the settled batches that no chunk has taken along. */
  async writeSettled(): Promise<void> {
    if (this.settled.length === 0) return;
    const settled = this.takeSettled();
    try {
      await this.parts.store.settle(this.tenant, settled);
    } catch (error) {
      this.settled.push(...settled);
      throw error;
    }
  }

  /** Runs `work` between two chunks, with what was learned taken up. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.aside.push(() => this.inTurn(work).then(resolve, reject));
      this.running ??= this.run();
    });
  }

  /** Resolves once nothing waits. */
  async idle(): Promise<void> {
    while (this.running) await this.running;
  }

  /** Lets go of what it holds open. */
  close(): void {
    this.lock.close();
  }

  private async run(): Promise<void> {
    await turn();
    while (this.waiting.length > 0 || this.aside.length > 0) {
      await this.aside.shift()?.();
      if (this.waiting.length > 0) await this.processGroup(this.takeGroup());
      await (this.hasCompany ? sleep(STAND_BACK_MS) : turn());
    }
    this.running = undefined;
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await this.lock.exclusively(async () => {
        await this.restore();
        return work();
      });
    } catch (error) {
      this.learnedTo = undefined;
      throw error;
    }
  }

  private async processGroup(group: readonly Waiting[]): Promise<void> {
    const settled = this.takeSettled();
    try {
      await this.lock.exclusively(() => this.storeGroup(group, settled));
    } catch (error) {
      this.learnedTo = undefined;
      this.settled.push(...settled);
      for (const { reject } of group) reject(error);
    }
  }

  private async storeGroup(group: readonly Waiting[], settled: readonly SettledBatch[]): Promise<void> {
    await this.restore();
    const unanswered: Waiting[] = [];
    for (const waiting of group) if (!(await this.answerAgain(waiting))) unanswered.push(waiting);
    const requests = unanswered.map(({ request }) => request);
    if (requests.length === 0) return this.parts.store.settle(this.tenant, settled);
    const processed = await this.parts.processor.process(this.tenant, requests, settled);
    this.learnedTo = { chunk: await this.parts.store.newest(this.tenant) };
    for (const [position, { resolve }] of unanswered.entries()) resolve(processed[position] as ProcessedBatch);
  }

  /** Answers a request that another process has answered since this one looked its idempotency key up. */
  private async answerAgain({ request, resolve, reject }: Waiting): Promise<boolean> {
    const { idempotency, receivedAt } = request;
    const earlier = idempotency && (await this.parts.store.answerTo(this.tenant, idempotency.key, receivedAt));
    if (!earlier) return false;
    if (earlier.digest === idempotency.digest) resolve({ answer: earlier.answer, detections: [], poison: [], replayed: true });
    else reject(new RefusedSubmission('key_reused', 'Use a new Idempotency-Key for a new request.'));
    return true;
  }

  /**
   * What was learned is taken up on first use, and again after a failure, when more was learned than stored; what other processes have stored
   * since the last turn is learned.
   */
  private async restore(): Promise<void> {
    const { store, recovery } = this.parts;
    const known = this.learnedTo;
    if (!known) await recovery.restore(this.tenant);
    const chunk = (await store.exists(this.tenant)) ? await store.newest(this.tenant) : undefined;
    this.hasCompany = known !== undefined && (known.chunk?.month !== chunk?.month || known.chunk?.sequence !== chunk?.sequence);
    if (this.hasCompany) await recovery.catchUp(this.tenant, known?.chunk);
    this.learnedTo = { chunk };
  }

  /**
   * The requests that become the next chunk: the front half of those that arrived in one month, within the bounds. The other half keeps this
   * thread busy while the answers travel and their senders' next requests arrive.
   */
  private takeGroup(): Waiting[] {
    let events = 0;
    let bytes = 0;
    const half = Math.ceil(this.waiting.length / 2);
    const month = monthNumber(this.waiting[0]?.request.receivedAt ?? 0);
    const end = this.waiting.findIndex(({ request }, position) => {
      events += request.slices.length;
      bytes += request.body.length;
      return (
        position >= half || (position > 0 && (events > MOST_EVENTS || bytes > MOST_BYTES || monthNumber(request.receivedAt) !== month))
      );
    });
    return this.waiting.splice(0, end === -1 ? this.waiting.length : end);
  }

  private takeSettled(): SettledBatch[] {
    return this.settled.splice(0, MOST_SETTLED);
  }
}

function monthNumber(time: number): number {
  const date = new Date(time);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

import { setImmediate as turn } from 'node:timers/promises';
import type { TenantId } from '../../contracts/tenant.js';
import type { BatchProcessor, ProcessedBatch } from '../../mssp/ingest/domain/batch-processor.js';
import type { EventBatchRequest } from '../../mssp/ingest/domain/event-batch-request.js';
import type { EventStore, SettledBatch } from '../../mssp/ingest/domain/event-store.js';
import type { TenantRecovery } from '../../mssp/ingest/domain/tenant-recovery.js';

/** Bounds of one chunk, so that reading a single event back stays cheap. */
const MOST_EVENTS = 5_000;
const MOST_BYTES = 8 * 1024 * 1024;
const MOST_SETTLED = 1_000;

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
}

/**
 * One tenant's way through a pipeline thread. All requests that wait when the lane gets its turn become one chunk and one transaction, so that
 * the disk is synced once for all of them and nobody waits for company.
 */
export class TenantLane {
  private readonly waiting: Waiting[] = [];
  private settled: SettledBatch[] = [];
  private running: Promise<void> | undefined;
  private restored = false;

  constructor(
    private readonly tenant: TenantId,
    private readonly parts: LaneParts,
  ) {}

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
    await this.parts.store.settle(this.tenant, this.takeSettled());
  }

  /** Runs `work` while the lane stands still, with what was learned taken up. */
  async exclusively<T>(work: () => Promise<T>): Promise<T> {
    while (this.running) await this.running;
    const result = this.restore().then(work);
    this.running = result.then(
      () => this.goOn(),
      () => this.goOn(),
    );
    return result;
  }

  /** Resolves once nothing waits. */
  async idle(): Promise<void> {
    while (this.running) await this.running;
  }

  private async run(): Promise<void> {
    await turn();
    while (this.waiting.length > 0) {
      await this.processGroup(this.takeGroup());
      await turn();
    }
    this.running = undefined;
  }

  private goOn(): void {
    this.running = this.waiting.length > 0 ? this.run() : undefined;
  }

  private async processGroup(group: readonly Waiting[]): Promise<void> {
    const settled = this.takeSettled();
    try {
      await this.restore();
      const processed = await this.parts.processor.process(
        this.tenant,
        group.map(({ request }) => request),
        settled,
      );
      for (const [position, { resolve }] of group.entries()) resolve(processed[position] as ProcessedBatch);
    } catch (error) {
      this.restored = false;
      this.settled.push(...settled);
      for (const { reject } of group) reject(error);
    }
  }

  /** What was learned is taken up on first use, and again after a failure, when more was learned than stored. */
  private async restore(): Promise<void> {
    if (this.restored) return;
    await this.parts.recovery.restore(this.tenant);
    this.restored = true;
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

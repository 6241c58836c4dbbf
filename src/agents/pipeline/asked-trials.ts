import { randomUUID } from 'node:crypto';
import type { TenantId } from '../../contracts/tenant.js';
import { PoisonSearch } from '../../mssp/ingest/domain/poison-search.js';
import type { StoredBatch } from '../../mssp/ingest/domain/event-store.js';
import type { PoisonEvent } from '../../mssp/ingest/domain/poison-event.js';
import type { ApartBatch } from './apart/apart-protocol.js';

interface Waiting {
  readonly resolve: (poison: readonly PoisonEvent[]) => void;
  readonly reject: (error: Error) => void;
}

/** Has the main thread try batches apart, from the side of a pipeline thread. */
export class AskedTrials extends PoisonSearch {
  private readonly waiting = new Map<string, Waiting>();

  constructor(private readonly ask: (trial: string, batch: ApartBatch) => void) {
    super();
  }

  async among(tenant: TenantId, { received_at, records }: StoredBatch): Promise<readonly PoisonEvent[]> {
    const [first] = records;
    if (!first) return [];
    // A thread that takes the place of a lost one must not take what came of the other's trials for its own.
    const trial = randomUUID();
    const body = new Uint8Array(Buffer.from(`{"events":[${records.map(({ raw }) => raw).join(',')}]}`));
    const found = await new Promise<readonly PoisonEvent[]>((resolve, reject) => {
      this.waiting.set(trial, { resolve, reject });
      this.ask(trial, { tenant, receivedAt: received_at, body, form: 'envelope', source: first.source });
    });
    return found.flatMap(({ index, ...poison }) => {
      const record = records[index];
      return record ? [{ index: record.index, ...poison }] : [];
    });
  }

  /** Takes what came of a trial; null where the batch could not be tried. */
  answer(trial: string, poison: readonly PoisonEvent[] | null): void {
    const waiting = this.waiting.get(trial);
    this.waiting.delete(trial);
    if (poison) waiting?.resolve(poison);
    else waiting?.reject(new Error('the events could not be tried apart'));
  }
}

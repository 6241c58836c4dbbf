import type { Detection } from '../../../contracts/detection.js';
import type { TenantId } from '../../../contracts/tenant.js';
import type { EventIdentity } from '../../../events/event-identity.js';
import { tenantDirectoryPath } from '../../../platform/storage/data-directory.js';
import {
  EventStore,
  type BatchReceipt,
  type ChunkPosition,
  type HourCount,
  type LearnedState,
  type NewChunk,
  type PendingDetections,
  type PoisonEvent,
  type ScanFilter,
  type ScannedChunk,
  type SettledBatch,
  type StoredBatch,
  type StoredRecord,
} from '../domain/event-store.js';
import type { IngestAnswer } from '../domain/ingest-answer.js';
import type { AppendThread } from './append-thread.js';
import { monthsIn } from './event-files.js';
import { scanChunks } from './scan-chunks.js';
import { TenantCiphers } from './tenant-ciphers.js';
import { TenantEvents } from './tenant-events.js';

const MOST_OPEN = 256;

/**
 * Events in SQLite files: a directory a tenant, a file a month. Used by one thread, which keeps a tenant to itself; every call runs to its end
 * before the next, except a scan, which lets others in between two chunks, and large chunks where there is a thread to store them.
 */
export class SqliteEventStore extends EventStore {
  private readonly tenants = new Map<TenantId, TenantEvents>();

  constructor(
    private readonly dataDir: string,
    private readonly ciphers = new TenantCiphers(false),
    /** Stores large chunks. */
    private readonly appends?: AppendThread,
  ) {
    super();
  }

  async duplicatesAmong(tenant: TenantId, identities: readonly (EventIdentity | null)[], now: number): Promise<readonly boolean[]> {
    return this.of(tenant).duplicatesAmong(identities, now);
  }

  async append(tenant: TenantId, chunk: NewChunk): Promise<void> {
    if (this.appends?.isFor(chunk)) await this.appends.append(tenant, this.ciphers.keysOf(tenant), chunk);
    else (await this.toWrite(tenant)).append(chunk);
  }

  async find(tenant: TenantId, eventId: string): Promise<StoredRecord | undefined> {
    return this.of(tenant).find(eventId);
  }

  async *scan(tenant: TenantId, filter: ScanFilter, start: ChunkPosition | undefined): AsyncGenerator<ScannedChunk> {
    yield* scanChunks(() => this.of(tenant).files, filter, start);
  }

  async remaining(tenant: TenantId, filter: ScanFilter, position: ChunkPosition): Promise<number> {
    return this.of(tenant).remaining(filter, position);
  }

  async answerTo(
    tenant: TenantId,
    key: string,
    now: number,
  ): Promise<{ readonly digest: string; readonly answer: IngestAnswer } | undefined> {
    return this.of(tenant).answerTo(key, now);
  }

  async pending(tenant: TenantId): Promise<readonly PendingDetections[]> {
    return this.of(tenant).pending();
  }

  async settle(tenant: TenantId, settled: readonly SettledBatch[]): Promise<void> {
    (await this.toWrite(tenant)).settle(settled);
  }

  async uninspected(tenant: TenantId): Promise<readonly StoredBatch[]> {
    return this.of(tenant).uninspected();
  }

  async inspected(tenant: TenantId, batchId: string, detections: readonly Detection[], poison: readonly PoisonEvent[] = []): Promise<void> {
    (await this.toWrite(tenant)).inspected(batchId, detections, poison);
  }

  async learned(tenant: TenantId): Promise<{ readonly state: LearnedState; readonly later: AsyncIterable<StoredBatch> }> {
    return this.of(tenant).learned();
  }

  async newest(tenant: TenantId): Promise<ChunkPosition | undefined> {
    return this.of(tenant).newest();
  }

  batchesAfter(tenant: TenantId, position: ChunkPosition | undefined): AsyncIterable<StoredBatch> {
    return this.of(tenant).batchesAfter(position);
  }

  async keepLearned(tenant: TenantId, state: LearnedState): Promise<void> {
    (await this.toWrite(tenant)).keepLearned(state);
  }

  async counts(tenant: TenantId, from: number, to: number): Promise<readonly HourCount[]> {
    return this.of(tenant).counts(from, to);
  }

  async recount(tenant: TenantId, from: number, to: number): Promise<readonly HourCount[]> {
    return this.of(tenant).recount(from, to);
  }

  async receiptOf(tenant: TenantId, batchId: string): Promise<BatchReceipt | undefined> {
    return this.of(tenant).receiptOf(batchId);
  }

  async addShed(tenant: TenantId, at: number, reason: string, events: number): Promise<void> {
    (await this.toWrite(tenant)).addShed(at, reason, events);
  }

  async release(tenant: TenantId): Promise<void> {
    await this.appends?.release(tenant);
    this.tenants.get(tenant)?.close();
    this.tenants.delete(tenant);
  }

  async exists(tenant: TenantId): Promise<boolean> {
    return monthsIn(tenantDirectoryPath(this.dataDir, tenant)).length > 0;
  }

  async close(): Promise<void> {
    for (const tenant of this.tenants.keys()) await this.release(tenant);
    await this.appends?.close();
  }

  private async toWrite(tenant: TenantId): Promise<TenantEvents> {
    await this.appends?.idle(tenant);
    return this.of(tenant);
  }

  private of(tenant: TenantId): TenantEvents {
    let events = this.tenants.get(tenant);
    if (events) {
      this.tenants.delete(tenant);
    } else {
      events = new TenantEvents(tenantDirectoryPath(this.dataDir, tenant), tenant, this.ciphers.of(tenant));
    }
    this.tenants.set(tenant, events);
    const [oldest] = this.tenants;
    if (this.tenants.size > MOST_OPEN && oldest) {
      oldest[1].close();
      this.tenants.delete(oldest[0]);
    }
    return events;
  }
}

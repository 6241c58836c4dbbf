import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Detection } from '../../../contracts/detection.js';
import type { TenantId } from '../../../contracts/tenant.js';
import type { EventIdentity } from '../../../events/event-identity.js';
import { tenantDirectoryPath } from '../../../platform/storage/data-directory.js';
import { storageFaultOf } from '../../../platform/storage/storage-fault.js';
import type { DamageListener } from '../domain/event-damage.js';
import {
  EventStore,
  type BatchReceipt,
  type ChunkPosition,
  type HourCount,
  type LearnedState,
  type NewChunk,
  type PendingDetections,
  type ScanFilter,
  type ScannedChunk,
  type SettledBatch,
  type StoredBatch,
  type StoredRecord,
} from '../domain/event-store.js';
import type { PoisonEvent } from '../domain/poison-event.js';
import type { IngestAnswer } from '../domain/ingest-answer.js';
import type { AppendThread } from './append-thread.js';
import { refuseWrites } from './event-file.js';
import { monthsIn } from './event-files.js';
import { scanChunks } from './scan-chunks.js';
import { TenantCiphers } from './tenant-ciphers.js';
import { TenantEvents } from './tenant-events.js';

const MOST_OPEN = 256;
const HOURS_AT_ONCE = 6;

/** What an event store may have besides its files. */
export interface EventStoreParts {
  /** Stores large chunks. */
  readonly appends?: AppendThread;
  readonly onDamage?: DamageListener;
}

/**
 * Events in SQLite files: a directory a tenant, a file a month. Used by one thread, which keeps a tenant to itself; every call runs to its end
 * before the next, except a scan, which lets others in between two chunks, and large chunks where there is a thread to store them.
 */
export class SqliteEventStore extends EventStore {
  private readonly tenants = new Map<TenantId, TenantEvents>();

  constructor(
    private readonly dataDir: string,
    private readonly ciphers = new TenantCiphers(false),
    private readonly parts: EventStoreParts = {},
  ) {
    super();
  }

  async duplicatesAmong(tenant: TenantId, identities: readonly (EventIdentity | null)[], now: number): Promise<readonly boolean[]> {
    return this.guarded(tenant, (events) => events.duplicatesAmong(identities, now));
  }

  async append(tenant: TenantId, chunk: NewChunk): Promise<void> {
    const { appends } = this.parts;
    if (appends?.isFor(chunk)) await this.appendApart(appends, tenant, chunk);
    else await this.write(tenant, (events) => events.append(chunk));
  }

  async find(tenant: TenantId, eventId: string): Promise<StoredRecord | undefined> {
    return this.guarded(tenant, (events) => events.find(eventId));
  }

  async *scan(tenant: TenantId, filter: ScanFilter, start: ChunkPosition | undefined): AsyncGenerator<ScannedChunk> {
    const events = (): TenantEvents => this.of(tenant);
    yield* this.watched(
      events,
      scanChunks(() => events().files, filter, start),
    );
  }

  async remaining(tenant: TenantId, filter: ScanFilter, position: ChunkPosition): Promise<number> {
    return this.guarded(tenant, (events) => events.remaining(filter, position));
  }

  async answerTo(
    tenant: TenantId,
    key: string,
    now: number,
  ): Promise<{ readonly digest: string; readonly answer: IngestAnswer } | undefined> {
    return this.guarded(tenant, (events) => events.answerTo(key, now));
  }

  async pending(tenant: TenantId): Promise<readonly PendingDetections[]> {
    return this.guarded(tenant, (events) => events.pending());
  }

  async settle(tenant: TenantId, settled: readonly SettledBatch[]): Promise<void> {
    await this.write(tenant, (events) => events.settle(settled));
  }

  async uninspected(tenant: TenantId): Promise<readonly StoredBatch[]> {
    return this.guarded(tenant, (events) => events.uninspected());
  }

  async inspected(tenant: TenantId, batchId: string, detections: readonly Detection[], poison: readonly PoisonEvent[] = []): Promise<void> {
    await this.write(tenant, (events) => events.inspected(batchId, detections, poison));
  }

  async learned(tenant: TenantId): Promise<{ readonly state: LearnedState; readonly later: AsyncIterable<StoredBatch> }> {
    return this.guarded(tenant, (events) => {
      const { state, later } = events.learned();
      return { state, later: this.watched(() => events, later) };
    });
  }

  async newest(tenant: TenantId): Promise<ChunkPosition | undefined> {
    return this.guarded(tenant, (events) => events.newest());
  }

  async lastOf(tenant: TenantId, month: string): Promise<number> {
    return this.guarded(tenant, (events) => events.files.find(month)?.lastSequence ?? 0);
  }

  batchesAfter(tenant: TenantId, position: ChunkPosition | undefined): AsyncIterable<StoredBatch> {
    const events = (): TenantEvents => this.of(tenant);
    return this.watched(events, events().batchesAfter(position));
  }

  storedAfter(tenant: TenantId, position: ChunkPosition | undefined): AsyncIterable<StoredBatch> {
    const events = (): TenantEvents => this.of(tenant);
    return this.watched(events, events().storedAfter(position));
  }

  async keepLearned(tenant: TenantId, state: LearnedState): Promise<void> {
    await this.write(tenant, (events) => events.keepLearned(state));
  }

  async counts(tenant: TenantId, from: number, to: number): Promise<readonly HourCount[]> {
    return this.guarded(tenant, (events) => events.counts(from, to));
  }

  /** Counts some hours at a time: others have their turn in between. */
  async recount(tenant: TenantId, from: number, to: number): Promise<readonly HourCount[]> {
    const hours = (await this.counts(tenant, from, to)).map(({ hour }) => hour).sort((one, other) => one - other);
    const counts: HourCount[] = [];
    for (let at = 0; at < hours.length; at += HOURS_AT_ONCE) {
      const some = hours.slice(at, at + HOURS_AT_ONCE);
      counts.push(...this.guarded(tenant, (events) => events.recount(some[0] ?? to, (some.at(-1) ?? from) + 1)));
      await nextTurn();
    }
    return counts;
  }

  async receiptOf(tenant: TenantId, batchId: string): Promise<BatchReceipt | undefined> {
    return this.guarded(tenant, (events) => events.receiptOf(batchId));
  }

  async addShed(tenant: TenantId, at: number, reason: string, events: number): Promise<void> {
    await this.write(tenant, (stored) => stored.addShed(at, reason, events));
  }

  async release(tenant: TenantId): Promise<void> {
    await this.parts.appends?.release(tenant);
    this.tenants.get(tenant)?.close();
    this.tenants.delete(tenant);
  }

  async exists(tenant: TenantId): Promise<boolean> {
    return monthsIn(tenantDirectoryPath(this.dataDir, tenant)).length > 0;
  }

  async close(): Promise<void> {
    for (const tenant of this.tenants.keys()) await this.release(tenant);
    await this.parts.appends?.close();
  }

  /** Writes once nothing of the tenant is being stored elsewhere. */
  private async write(tenant: TenantId, work: (events: TenantEvents) => void): Promise<void> {
    await this.parts.appends?.idle(tenant);
    this.guarded(tenant, work);
  }

  private async appendApart(appends: AppendThread, tenant: TenantId, chunk: NewChunk): Promise<void> {
    try {
      await appends.append(tenant, this.ciphers.keysOf(tenant), chunk);
    } catch (error) {
      if (storageFaultOf(error) === 'sync_failed') refuseWrites(error);
      throw error;
    }
  }

  /** Does something once more after a file that it found damaged was repaired. */
  private guarded<T>(tenant: TenantId, work: (events: TenantEvents) => T): T {
    const events = this.of(tenant);
    try {
      return work(events);
    } catch (error) {
      if (storageFaultOf(error) !== 'damaged' || !events.files.repair()) throw error;
      return work(events);
    }
  }

  /** What is read a piece at a time ends where a file is found damaged; the next to ask finds it repaired. */
  private async *watched<T>(events: () => TenantEvents, pieces: AsyncIterable<T>): AsyncGenerator<T> {
    try {
      yield* pieces;
    } catch (error) {
      if (storageFaultOf(error) === 'damaged') events().files.repair();
      throw error;
    }
  }

  private of(tenant: TenantId): TenantEvents {
    let events = this.tenants.get(tenant);
    if (events) {
      this.tenants.delete(tenant);
    } else {
      events = new TenantEvents(tenantDirectoryPath(this.dataDir, tenant), tenant, this.ciphers.of(tenant), (damage) =>
        this.parts.onDamage?.(tenant, damage),
      );
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

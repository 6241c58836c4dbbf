import type { TenantId } from '../../src/contracts/tenant.js';
import type { StoredRecord } from '../../src/mssp/ingest/domain/event-store.js';
import { EventLake, LakeRefused, type LakeHour, type LakePosition } from '../../src/mssp/lake/domain/event-lake.js';
import type { LakeEvent, LakeRecord } from '../../src/mssp/lake/domain/lake-event.js';

const HOUR_MS = 3_600_000;

interface Place {
  readonly events: Map<string, LakeEvent>;
  readonly records: Map<string, LakeRecord>;
}

/** A lake in memory that can be away, and that can lose its answer. */
export class MemoryLake extends EventLake {
  readonly places = new Map<TenantId, Place>();
  /** Why it cannot be reached. */
  away: Error | undefined;
  /** Writes whose answer is lost: what was to be written is there all the same. */
  lostAnswers = 0;
  /** Events that were written, each as often as it was. */
  written = 0;

  async prepare(tenant: TenantId): Promise<void> {
    this.reach();
    if (!this.places.has(tenant)) this.places.set(tenant, { events: new Map(), records: new Map() });
  }

  async write(tenant: TenantId, events: readonly LakeEvent[]): Promise<void> {
    const place = this.placeOf(tenant);
    for (const event of events) place.events.set(`${event.batch_id}.${String(event.index).padStart(7, '0')}`, event);
    this.written += events.length;
    if (this.lostAnswers-- > 0) throw new Error('the answer was lost');
  }

  async writeRecords(tenant: TenantId, records: readonly LakeRecord[]): Promise<void> {
    const place = this.placeOf(tenant);
    for (const record of records) place.records.set(`${record.kind} ${record.id}`, record);
  }

  /** More than is asked for, as lakes may. */
  async scan(tenant: TenantId, _filter: unknown, before: LakePosition | undefined, limit: number): Promise<readonly StoredRecord[]> {
    const keyOf = ({ batch_id, index }: LakePosition): string => `${batch_id}.${String(index).padStart(7, '0')}`;
    const all = [...this.placeOf(tenant).events.values()].filter((event) => !before || keyOf(event) < keyOf(before));
    return all.sort((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1)).slice(0, limit);
  }

  async find(tenant: TenantId, { batch_id, index }: LakePosition): Promise<StoredRecord | undefined> {
    const event = this.placeOf(tenant).events.get(`${batch_id}.${String(index).padStart(7, '0')}`);
    if (!event) return undefined;
    const { received_at, source, raw, rules } = event;
    return { batch_id, index, received_at, source, raw, rules };
  }

  async findRecord(tenant: TenantId, kind: LakeRecord['kind'], id: string): Promise<LakeRecord | undefined> {
    return this.placeOf(tenant).records.get(`${kind} ${id}`);
  }

  async counts(tenant: TenantId, from: number, to: number): Promise<readonly LakeHour[]> {
    const hours = Map.groupBy(this.placeOf(tenant).events.values(), (event) => Math.floor(event.received_at / HOUR_MS) * HOUR_MS);
    const counted = [...hours].map(([hour, events]) => ({ hour, stored: events.length }));
    return counted.filter(({ hour }) => hour >= from && hour < to).sort((a, b) => a.hour - b.hour);
  }

  async erase(tenant: TenantId): Promise<void> {
    this.reach();
    this.places.delete(tenant);
  }

  async check(): Promise<void> {
    this.reach();
  }

  async close(): Promise<void> {}

  private placeOf(tenant: TenantId): Place {
    this.reach();
    const place = this.places.get(tenant);
    if (!place) throw new LakeRefused(`${tenant} has no place`);
    return place;
  }

  private reach(): void {
    if (this.away) throw this.away;
  }
}

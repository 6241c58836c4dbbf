import { eventIdOf, parseEventId } from '../../src/mssp/ingest/domain/event-id.js';
import type { EventStore, StoredRecord } from '../../src/mssp/ingest/domain/event-store.js';
import { EventLake, type LakeFilter, type LakeHour, type LakePosition } from '../../src/mssp/lake/domain/event-lake.js';
import type { LakeEvent } from '../../src/mssp/lake/domain/lake-event.js';
import type { TenantId } from '../../src/contracts/tenant.js';
import { batch, chunk, detection } from '../contract/event-store-fixtures.js';

/** GATRA's own event store, asked as a lake is: one list of tests for both. It is ordered by batch, as lakes are. */
export class StoreAsLake extends EventLake {
  constructor(private readonly store: EventStore) {
    super();
  }

  async prepare(): Promise<void> {}

  async write(tenant: TenantId, events: readonly LakeEvent[]): Promise<void> {
    for (const [id, own] of Map.groupBy(events, ({ batch_id }) => batch_id)) {
      const [first] = own;
      if (!first || (await this.store.receiptOf(tenant, id))) continue;
      const { received_at, source } = first;
      const records = own.map(({ index, raw, time }) => ({ index, bytes: Buffer.from(raw), time, identity: null }));
      const detections = own.flatMap(({ index, rules }) => rules.map((rule) => detection(index, rule)));
      const terms = new Set(own.flatMap((event) => [...event.terms, ...event.rules.map((rule) => `rule:${rule}`)]));
      await this.store.append(tenant, chunk([batch(records, { batch_id: id, received_at, source, detections })], { terms }));
    }
  }

  async scan(
    tenant: TenantId,
    { from, to, terms, rule }: LakeFilter,
    before: LakePosition | undefined,
    limit: number,
  ): Promise<readonly StoredRecord[]> {
    const records: StoredRecord[] = [];
    const all = rule === undefined ? terms : [...terms, `rule:${rule}`];
    for await (const scanned of this.store.scan(tenant, { from, to, terms: all }, undefined))
      for (let at = 0; at < scanned.count; at += 1) records.push(scanned.record(at));
    return records
      .filter((record) => before === undefined || isBefore(record, before))
      .sort((a, b) => (isBefore(a, b) ? 1 : -1))
      .slice(0, limit);
  }

  async find(tenant: TenantId, { batch_id, index }: LakePosition): Promise<StoredRecord | undefined> {
    const id = eventIdOf(batch_id, index);
    return parseEventId(id) && this.store.find(tenant, id);
  }

  async counts(tenant: TenantId, from: number, to: number): Promise<readonly LakeHour[]> {
    const hours = await this.store.counts(tenant, from, to);
    return hours.filter(({ stored }) => stored > 0).map(({ hour, stored }) => ({ hour, stored }));
  }

  async check(): Promise<void> {}

  async close(): Promise<void> {
    await this.store.close();
  }

  writeRecords(): Promise<void> {
    return Promise.reject(new Error('the event store keeps events alone'));
  }

  findRecord(): Promise<undefined> {
    return Promise.reject(new Error('the event store keeps events alone'));
  }

  erase(): Promise<void> {
    return Promise.reject(new Error('the event store has no places'));
  }
}

function isBefore(a: LakePosition, b: LakePosition): boolean {
  return a.batch_id < b.batch_id || (a.batch_id === b.batch_id && a.index < b.index);
}

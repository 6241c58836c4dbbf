import { v7 as uuidv7 } from 'uuid';
import type { Detection } from '../../src/contracts/detection.js';
import { toTenantId } from '../../src/contracts/tenant.js';
import type { EventIdentity } from '../../src/events/event-identity.js';
import type { NewBatch, NewChunk, NewRecord } from '../../src/mssp/ingest/domain/event-store.js';

export const TENANT = toTenantId('acme-corp');
export const OTHER = toTenantId('globex');
export const NOON = Date.parse('2026-03-10T12:00:00Z');

/** A record of a JSON text. */
export function record(index: number, text: string, more: Partial<NewRecord> = {}): NewRecord {
  return { index, bytes: Buffer.from(text), time: NOON + index, identity: null, ...more };
}

/** A batch of records, as if all of them had been received. */
export function batch(records: readonly NewRecord[], more: Partial<NewBatch> = {}): NewBatch {
  const received_at = more.received_at ?? NOON;
  const batch_id = more.batch_id ?? uuidv7({ msecs: received_at });
  const detections = more.detections ?? [];
  return {
    batch_id,
    received_at,
    correlation_id: 'req-1',
    source: 'auto',
    records,
    inspected: true,
    detections,
    poison: [],
    idempotency: undefined,
    answer: {
      status: 'accepted',
      batch_id,
      tenant_id: TENANT,
      correlation_id: 'req-1',
      received: records.length,
      accepted: records.length,
      duplicates: 0,
      rejected: [],
      inspected: more.inspected ?? true,
      alerts_raised: detections.length,
      rate_limit_remaining: 10,
    },
    ...more,
  };
}

export function chunk(batches: readonly NewBatch[], more: Partial<NewChunk> = {}): NewChunk {
  return { batches, terms: new Set(), learned: undefined, settled: [], ...more };
}

/** A detection of rule `id` in the event at `index`. */
export function detection(index: number, id = 'rule-1'): Detection {
  return {
    detector: 'sigma',
    rule: { id, title: 'A rule', author: 'somebody', level: 'high', license: 'Apache-2.0' },
    severity: 'high',
    event_index: index,
    event_time: new Date(NOON + index).toISOString(),
    entities: [{ type: 'host', value: 'ws-1' }],
    techniques: ['T1059.001'],
    tactics: ['execution'],
    reason: 'A rule matched',
  };
}

/** A record number of a Windows channel. */
export function windowsIdentity(number: number, stream = 'windows|ws-1|security'): EventIdentity {
  return { stream, key: String(number).padStart(20, '0') };
}

import type { Detection } from '../../../../contracts/detection.js';
import type { Rows, Statement } from '../../../../platform/storage/postgres/scoped-session.js';
import { monthOf, monthOfBatch } from '../../domain/arrival-month.js';
import { parseEventId } from '../../domain/event-id.js';
import type { HourCount, PendingDetections, StoredBatch, StoredRecord } from '../../domain/event-store.js';
import type { IngestAnswer } from '../../domain/ingest-answer.js';
import { ANSWER_LIFETIME_MS } from '../batch-marks.js';
import { HOUR_MS, toHourCounts } from '../counted-events.js';
import type { MonthSeal } from '../month-seal.js';
import { positionOf } from '../record-indexes.js';
import { BATCH_COLUMNS, StoredChunk, toBatchRow, type BatchRow } from '../stored-chunk.js';
import { fromMonthNumber, toMonthNumber } from './month-number.js';
import type { Ask } from './read-chunks.js';

type SealOf = (month: string) => MonthSeal;

/** Whether a tenant has anything: whatever is stored is counted. */
export const existsQuestion: Statement = {
  text: 'SELECT EXISTS (SELECT 1 FROM event_hour) OR EXISTS (SELECT 1 FROM event_chunk) AS is_there',
};

/** A batch as a row, with the block of its chunk and what the chunk's own row says. */
const BATCH_WITH_BLOCK = `SELECT b.${BATCH_COLUMNS.replaceAll(', ', ', b.')}, b.month, c.records AS chunk_records, c.bytes, k.body
  FROM event_batch AS b JOIN event_chunk AS c ON c.month = b.month AND c.sequence = b.chunk
  JOIN event_block AS k ON k.month = b.month AND k.sequence = b.chunk`;

/** The event with an id. */
export async function findRecord(ask: Ask, sealOf: SealOf, eventId: string): Promise<StoredRecord | undefined> {
  const id = parseEventId(eventId);
  if (!id) return undefined;
  const values = [toMonthNumber(monthOf(id.receivedAt)), id.batchId];
  const [rows] = await ask('find', [{ text: `${BATCH_WITH_BLOCK} WHERE b.month = $1 AND b.batch_id = $2`, values }]);
  const [found] = rows ?? [];
  if (!found) return undefined;
  const row = toBatchRow(found);
  const position = positionOf(id.index, row.missing, row.records);
  return position === undefined ? undefined : chunkOf(found, row, sealOf).recordOf(row, position);
}

/** Batches that wait to be inspected, oldest first. */
export async function readUninspected(ask: Ask, sealOf: SealOf): Promise<readonly StoredBatch[]> {
  const [rows = []] = await ask('uninspected', [{ text: `${BATCH_WITH_BLOCK} WHERE b.inspected = 0 ORDER BY b.batch_id` }]);
  return rows.map((found) => {
    const row = toBatchRow(found);
    return chunkOf(found, row, sealOf).batch(row);
  });
}

/** Detections and poison that are not settled, oldest first. */
export async function readPending(ask: Ask, sealOf: SealOf): Promise<readonly PendingDetections[]> {
  const [batches = [], poison = []] = await ask('pending', [
    {
      text: `SELECT b.month, b.batch_id, b.received_at, b.correlation_id, o.detections
        FROM (SELECT month, batch_id FROM event_outbox UNION SELECT month, batch_id FROM event_poison) AS w
        JOIN event_batch AS b USING (month, batch_id) LEFT JOIN event_outbox AS o USING (month, batch_id) ORDER BY b.batch_id`,
    },
    { text: 'SELECT batch_id, position, reason, attempts FROM event_poison ORDER BY position' },
  ]);
  const poisoned = Map.groupBy(poison, (row) => String(row['batch_id']));
  return batches.map((row) => {
    const batch_id = String(row['batch_id']);
    const { detections } = row;
    const seal = sealOf(fromMonthNumber(Number(row['month'])));
    return {
      batch_id,
      received_at: new Date(Number(row['received_at'])).toISOString(),
      correlation_id: String(row['correlation_id']),
      detections: typeof detections === 'string' ? (JSON.parse(seal.openText(batch_id, detections)) as Detection[]) : [],
      poison: (poisoned.get(batch_id) ?? []).map((one) => ({
        index: Number(one['position']),
        reason: String(one['reason']),
        attempts: Number(one['attempts']),
      })),
    };
  });
}

/** What was answered under an idempotency key. */
export function answerQuestion(
  key: string,
  now: number,
): {
  readonly statement: Statement;
  readonly toAnswer: (rows: Rows) => { readonly digest: string; readonly answer: IngestAnswer } | undefined;
} {
  return {
    statement: {
      text: 'SELECT digest, body, alerts FROM event_answer WHERE key = $1 AND answered_at >= $2',
      values: [key, now - ANSWER_LIFETIME_MS],
    },
    toAnswer: ([row]) =>
      row && {
        digest: String(row['digest']),
        answer: { ...(JSON.parse(String(row['body'])) as IngestAnswer), alerts_raised: Number(row['alerts']) },
      },
  };
}

/** The three places that tell what became of a request; none for what is no batch id. */
export function receiptQuestions(batchId: string): readonly Statement[] {
  const month = monthOfBatch(batchId);
  if (month === '') return [];
  const values = [toMonthNumber(month), batchId];
  const where = 'WHERE month = $1 AND batch_id = $2';
  return [
    { text: `SELECT received_at, correlation_id, records, inspected FROM event_batch ${where}`, values },
    { text: `SELECT received_at, correlation_id, received, duplicates, rejected FROM event_receipt ${where}`, values },
    { text: `SELECT 1 AS waits FROM event_outbox ${where}`, values },
  ];
}

const COUNTS = 'SELECT hour, kind, code, events FROM event_hour WHERE hour >= $1 AND hour < $2';

/** Counters of hours that begin in `from` (included) to `to` (excluded). */
export function countsQuestion(from: number, to: number): Statement {
  return { text: `${COUNTS} ORDER BY hour, kind, code`, values: [Math.ceil(from), Math.ceil(to)] };
}

/** The same, and what the batches of those hours hold, as of one moment. */
export function recountQuestion(from: number, to: number): Statement {
  const [first, end] = [Math.ceil(from), Math.ceil(to)];
  const months = [first, end].map((time) => toMonthNumber(monthOf(time)));
  return {
    text: `${COUNTS} UNION ALL SELECT received_at - received_at % ${HOUR_MS}, '${RECOUNTED}', '', sum(records) FROM event_batch
      WHERE month >= $3 AND month <= $4 AND received_at >= $1 AND received_at < $2 + ${HOUR_MS} GROUP BY 1 ORDER BY 1, 2, 3`,
    values: [first, end, ...months],
  };
}

const RECOUNTED = 'recounted';

/** Counts by hour of rows of the question above. */
export function toRecounted(rows: Rows): readonly HourCount[] {
  const found = new Map(rows.filter(({ kind }) => kind === RECOUNTED).map((row) => [Number(row['hour']), Number(row['events'])]));
  const counts = toHourCounts(rows.filter(({ kind }) => kind !== RECOUNTED));
  return counts.map((count) => ({ ...count, stored: found.get(count.hour) ?? 0 }));
}

function chunkOf(found: Record<string, unknown>, row: BatchRow, sealOf: SealOf): StoredChunk {
  const month = fromMonthNumber(Number(found['month']));
  const summary = { records: found['chunk_records'], bytes: found['bytes'] };
  const source = { seal: sealOf(month), batches: () => [row], body: () => found['body'] as Uint8Array };
  return new StoredChunk({ month, sequence: row.chunk }, summary, source);
}

import type { Detection } from '../../../../contracts/detection.js';
import type { Statement } from '../../../../platform/storage/postgres/scoped-session.js';
import { monthOf, monthOfBatch } from '../../domain/arrival-month.js';
import type { NewBatch, SettledBatch } from '../../domain/event-store.js';
import type { PoisonEvent } from '../../domain/poison-event.js';
import { ANSWER_LIFETIME_MS } from '../batch-marks.js';
import { byCode, hourOf, type CountedEvents } from '../counted-events.js';
import type { MonthSeal } from '../month-seal.js';
import { insertRows } from './insert-rows.js';
import { toMonthNumber } from './month-number.js';

export const HOUR_COLUMNS = { month: 'bigint', hour: 'bigint', kind: 'text', code: 'text', events: 'bigint' } as const;
export const RECEIPT_COLUMNS = {
  month: 'bigint',
  batch_id: 'text',
  received_at: 'bigint',
  correlation_id: 'text',
  received: 'bigint',
  duplicates: 'bigint',
  rejected: 'text',
} as const;

/** Adds to the counters of hours. */
export function countStatements(counts: readonly (CountedEvents & { readonly at: number })[]): readonly Statement[] {
  const sums = new Map<string, { month: number; hour: number; kind: string; code: string; events: number }>();
  for (const { at, kind, code, events } of counts) {
    if (events === 0) continue;
    const hour = hourOf(at);
    const key = `${hour} ${kind} ${code}`;
    const sum = sums.get(key) ?? { month: toMonthNumber(monthOf(hour)), hour, kind, code, events: 0 };
    sum.events += events;
    sums.set(key, sum);
  }
  return insertRows(
    'event_hour',
    HOUR_COLUMNS,
    [...sums.values()],
    'ON CONFLICT (tenant_id, hour, kind, code) DO UPDATE SET events = event_hour.events + excluded.events',
  );
}

/** Keeps batches' detections until they have become alerts, and which of their events cannot be inspected until they have become dead letters. */
export function outboxStatements(
  seal: MonthSeal,
  batches: readonly { readonly batch_id: string; readonly detections: readonly Detection[]; readonly poison: readonly PoisonEvent[] }[],
): readonly Statement[] {
  const detected = batches.filter(({ detections }) => detections.length > 0);
  return [
    ...insertRows(
      'event_outbox',
      { month: 'bigint', batch_id: 'text', detections: 'text' },
      detected.map(({ batch_id, detections }) => ({
        month: toMonthNumber(monthOfBatch(batch_id)),
        batch_id,
        detections: seal.sealText(batch_id, JSON.stringify(detections)),
      })),
    ),
    ...insertRows(
      'event_poison',
      { month: 'bigint', batch_id: 'text', position: 'bigint', reason: 'text', attempts: 'bigint' },
      batches.flatMap(({ batch_id, poison }) =>
        poison.map(({ index, reason, attempts }) => ({
          month: toMonthNumber(monthOfBatch(batch_id)),
          batch_id,
          position: index,
          reason,
          attempts,
        })),
      ),
    ),
  ];
}

/** Takes settled batches out of the outbox. */
export function settleStatements(settled: readonly SettledBatch[]): readonly Statement[] {
  const known = settled.filter(({ batch_id }) => monthOfBatch(batch_id) !== '');
  if (known.length === 0) return [];
  const ids = known.map(({ batch_id }) => batch_id);
  const months = ids.map((id) => toMonthNumber(monthOfBatch(id)));
  const these = '(month, batch_id) IN (SELECT * FROM unnest($1::bigint[], $2::text[]))';
  return [
    { text: `DELETE FROM event_outbox WHERE ${these}`, values: [months, ids] },
    { text: `DELETE FROM event_poison WHERE ${these}`, values: [months, ids] },
    {
      text: `UPDATE event_answer SET alerts = settled.alerts FROM unnest($1::text[], $2::bigint[]) AS settled (batch_id, alerts)
        WHERE event_answer.batch_id = settled.batch_id AND event_answer.alerts <> settled.alerts`,
      values: [ids, known.map(({ alerts }) => alerts)],
    },
  ];
}

/** Keeps what became of requests of which not everything was stored; of any other, its batch says all. */
export function receiptStatements(batches: readonly NewBatch[]): readonly Statement[] {
  return insertRows(
    'event_receipt',
    RECEIPT_COLUMNS,
    batches
      .filter(({ records, answer }) => records.length !== answer.received)
      .map(({ batch_id, received_at, correlation_id, answer }) => ({
        month: toMonthNumber(monthOf(received_at)),
        batch_id,
        received_at,
        correlation_id,
        received: answer.received,
        duplicates: answer.duplicates,
        rejected: JSON.stringify(Object.fromEntries(byCode(answer))),
      })),
  );
}

/** Keeps answers under their idempotency keys, and forgets those whose time is over. */
export function answerStatements(batches: readonly NewBatch[]): readonly Statement[] {
  const answers = new Map(
    batches.flatMap(({ idempotency, answer, batch_id, received_at }) =>
      idempotency
        ? [
            [
              idempotency.key,
              {
                key: idempotency.key,
                month: toMonthNumber(monthOf(received_at)),
                digest: idempotency.digest,
                batch_id,
                body: JSON.stringify(answer),
                alerts: answer.alerts_raised,
                answered_at: received_at,
              },
            ] as const,
          ]
        : [],
    ),
  );
  const [oldest] = batches;
  if (answers.size === 0 || !oldest) return [];
  return [
    { text: 'DELETE FROM event_answer WHERE answered_at < $1', values: [oldest.received_at - ANSWER_LIFETIME_MS] },
    ...insertRows(
      'event_answer',
      { key: 'text', month: 'bigint', digest: 'text', batch_id: 'text', body: 'text', alerts: 'bigint', answered_at: 'bigint' },
      [...answers.values()],
      `ON CONFLICT (tenant_id, key) DO UPDATE SET month = excluded.month, digest = excluded.digest, batch_id = excluded.batch_id,
        body = excluded.body, alerts = excluded.alerts, answered_at = excluded.answered_at`,
    ),
  ];
}

import { sql, type Transaction } from 'kysely';
import { currentSpan, type ActiveSpan } from '../observability/tracing/active-span.js';
import { lesser } from '../storage/expressions.js';
import { slices } from '../storage/slices.js';
import type { NewWork } from './work-item.js';
import type { WorkTables } from './work-tables.js';

/**
 * Adds work in the transaction of what caused it; wake the runner once that is committed. A dead letter of the same key lives again.
 * @param now milliseconds since the epoch.
 */
export async function enqueueWork<Tables extends WorkTables>(
  transaction: Transaction<Tables>,
  items: readonly NewWork[],
  now: number,
): Promise<void> {
  const trx = transaction as unknown as Transaction<WorkTables>;
  const cause = currentSpan();
  const traceOf = ({ traceparent }: NewWork): string | null => (traceparent === undefined ? cause?.traceparent || null : traceparent);
  if (cause?.isRecorded) linkToOthers(cause, items);
  for (const slice of slices(items)) {
    await trx
      .insertInto('work_item')
      .values(
        slice.map((item) => ({
          kind: item.kind,
          key: item.key,
          payload: JSON.stringify(item.payload),
          correlation_id: item.correlation_id,
          traceparent: traceOf(item),
          state: 'waiting' as const,
          attempts: 0,
          not_before: item.not_before ?? now,
          scheduled_at: item.is_time_of_day ? null : now,
          generation: 1,
          enqueued_at: now,
        })),
      )
      .onConflict((conflict) =>
        conflict.columns(['kind', 'key']).doUpdateSet({
          payload: sql`excluded.payload`,
          generation: sql`work_item.generation + 1`,
          not_before: lesser('work_item.not_before', 'excluded.not_before'),
          scheduled_at: sql`excluded.scheduled_at`,
          state: sql`excluded.state`,
          attempts: sql`CASE WHEN work_item.state = 'dead' THEN 0 ELSE work_item.attempts END`,
          first_failed_at: sql`CASE WHEN work_item.state = 'dead' THEN NULL ELSE work_item.first_failed_at END`,
        }),
      )
      .execute();
  }
}

/** Work that continues another trace than the one it is enqueued in: this one says with which it has to do. */
function linkToOthers(cause: ActiveSpan, items: readonly NewWork[]): void {
  const others = new Set(items.map(({ traceparent }) => traceparent));
  for (const traceparent of others) if (traceparent && !traceparent.includes(cause.traceId)) cause.linkTo({ traceparent });
}

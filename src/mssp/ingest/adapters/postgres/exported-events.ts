import type { ExportedBatch, ExportedCount, ExportedLine, ExportedReceipt } from '../../domain/exported-events.js';
import { packBlockAside } from '../chunk-block.js';
import { importedRecords } from '../imported-records.js';
import type { MonthSeal } from '../month-seal.js';
import { recordStatements } from './append-statements.js';
import { HOUR_COLUMNS, RECEIPT_COLUMNS } from './event-statements.js';
import type { EventTurn } from './event-turn.js';
import { insertRows } from './insert-rows.js';
import { toMonthNumber } from './month-number.js';
import { chunksOf, type Ask } from './read-chunks.js';

/** Batches whose detections are not alerts yet, or that are not inspected as a whole. */
const WAITING = `SELECT batch_id FROM event_batch WHERE month = $1 AND inspected <> 1 UNION SELECT batch_id FROM event_outbox WHERE month = $1
  UNION SELECT batch_id FROM event_poison WHERE month = $1`;

/** All that an export has of a month: batches in the order in which they were stored, receipts, counts. What waits is looked up after what it waits in. @throws DamagedBlock */
export async function* exportMonth(ask: Ask, seal: MonthSeal, month: string): AsyncGenerator<ExportedLine> {
  const values = [toMonthNumber(month)];
  for await (const { chunk, batches } of chunksOf(ask, seal, month)) {
    const [waits = []] = await ask('export', [{ text: WAITING, values }]);
    const waiting = new Set(waits.map((row) => String(row['batch_id'])));
    for (const row of batches) {
      const { batch_id, received_at, correlation_id, records } = chunk.batch(row);
      const events = records.map(({ index, raw, rules }) => ({ index, raw, rules }));
      yield { type: 'batch', batch_id, received_at, correlation_id, source: row.source, inspected: !waiting.has(batch_id), events };
    }
  }
  const [receipts = [], counts = []] = await ask('export', [
    {
      text: 'SELECT batch_id, received_at, correlation_id, received, duplicates, rejected FROM event_receipt WHERE month = $1 ORDER BY batch_id',
      values,
    },
    { text: 'SELECT hour, kind, code, events FROM event_hour WHERE month = $1 ORDER BY hour, kind, code', values },
  ]);
  for (const row of receipts) {
    const rejected = JSON.parse(String(row['rejected'])) as ExportedReceipt['rejected'];
    yield { type: 'receipt', ...(row as unknown as ExportedReceipt), rejected };
  }
  for (const row of counts) yield { type: 'count', ...(row as unknown as ExportedCount) };
}

/** Stores exported batches as one chunk, found by the same terms and known again by the same identities; answers how many events they have. */
export async function importBatches(turn: EventTurn, seal: MonthSeal, month: string, batches: readonly ExportedBatch[]): Promise<number> {
  const { batches: placed, records, terms } = importedRecords(batches);
  if (records.length === 0) return 0;
  const block = await packBlockAside(records.map(({ bytes }) => bytes));
  const position = { month, sequence: (await turn.lastOf(month)) + 1 };
  await turn.write('import', recordStatements({ batches: placed, terms }, position, { seal, block }));
  turn.noteStored(position);
  return records.length;
}

/** Stores receipts and counts. */
export async function importAccount(
  turn: EventTurn,
  month: string,
  lines: readonly Exclude<ExportedLine, { type: 'batch' }>[],
): Promise<void> {
  const number = toMonthNumber(month);
  const receipts = lines.flatMap((line) =>
    line.type === 'receipt' ? [{ ...line, month: number, rejected: JSON.stringify(line.rejected) }] : [],
  );
  const counts = lines.flatMap((line) => (line.type === 'count' ? [{ ...line, month: number }] : []));
  await turn.write('import', [
    ...insertRows('event_receipt', RECEIPT_COLUMNS, receipts),
    ...insertRows('event_hour', HOUR_COLUMNS, counts),
  ]);
}

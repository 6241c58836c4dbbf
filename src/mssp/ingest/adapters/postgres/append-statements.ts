import type { Statement } from '../../../../platform/storage/postgres/scoped-session.js';
import type { ChunkPosition, LearnedState, NewChunk } from '../../domain/event-store.js';
import { inspectedMark, rulesByIndex, timesOf } from '../batch-marks.js';
import type { PackedBlock } from '../chunk-block.js';
import { countsOf } from '../counted-events.js';
import type { MarkedBatch } from '../batch-marks.js';
import type { MonthSeal } from '../month-seal.js';
import { missingIndexes } from '../record-indexes.js';
import { answerStatements, countStatements, outboxStatements, receiptStatements, settleStatements } from './event-statements.js';
import { addIdentities } from './identities.js';
import { insertRows } from './insert-rows.js';
import { toMonthNumber } from './month-number.js';
import { termFilter } from './term-filter.js';

/** What a chunk becomes durable as: one transaction. @param position where it stands; where it has no records, where the newest before it does. */
export function appendStatements(
  chunk: NewChunk,
  position: ChunkPosition,
  { seal, block }: { readonly seal: MonthSeal; readonly block: PackedBlock | undefined },
): readonly Statement[] {
  const { batches, terms } = chunk;
  const stored = batches.filter(({ records }) => records.length > 0);
  const placed = stored.map((batch) => ({
    ...batch,
    mark: inspectedMark(batch.inspected, batch.poison),
    rules: rulesByIndex(batch.detections),
  }));
  return [
    ...(block ? recordStatements({ batches: placed, terms }, position, { seal, block }) : []),
    ...outboxStatements(seal, stored),
    ...receiptStatements(batches),
    ...answerStatements(batches),
    ...countStatements(
      batches.flatMap(({ received_at: at, answer, records }) => countsOf(answer, records.length).map((count) => ({ at, ...count }))),
    ),
    ...(chunk.learned === undefined ? [] : [learnedStatement(chunk.learned, position, seal)]),
    ...settleStatements(chunk.settled),
  ];
}

/** Stores learned state as covering everything up to a chunk. */
export function learnedStatement(state: LearnedState, { month, sequence }: ChunkPosition, seal: MonthSeal): Statement {
  return {
    text: `INSERT INTO event_learned (slot, month, sequence, state) VALUES (1, $1, $2, $3)
      ON CONFLICT (tenant_id, slot) DO UPDATE SET month = excluded.month, sequence = excluded.sequence, state = excluded.state`,
    values: [toMonthNumber(month), sequence, state && Buffer.from(seal.seal('learned', sequence, state))],
  };
}

/** Stores records as a chunk, found by these terms and known again by their identities. */
export function recordStatements(
  { batches, terms }: { readonly batches: readonly MarkedBatch[]; readonly terms: ReadonlySet<string> },
  { month, sequence }: ChunkPosition,
  { seal, block }: { readonly seal: MonthSeal; readonly block: PackedBlock },
): readonly Statement[] {
  const records = batches.flatMap((batch) => batch.records);
  const { first, last } = timesOf(records);
  const place = [toMonthNumber(month), sequence];
  const hashes = Array.from(terms, (term) => seal.term(term));
  return [
    {
      text: 'INSERT INTO event_chunk (month, sequence, first_time, last_time, records, bytes) VALUES ($1, $2, $3, $4, $5, $6)',
      values: [...place, first, last, records.length, block.bytes],
    },
    {
      text: 'INSERT INTO event_block (month, sequence, body) VALUES ($1, $2, $3)',
      values: [...place, Buffer.from(seal.seal('block', sequence, block.body))],
    },
    { text: 'INSERT INTO event_filter (month, sequence, bits) VALUES ($1, $2, $3)', values: [...place, termFilter(hashes)] },
    ...batchStatements(batches, { month, sequence }),
    ...addIdentities(
      seal,
      month,
      records.map(({ identity }) => identity),
    ),
  ];
}

function batchStatements(batches: readonly MarkedBatch[], { month, sequence }: ChunkPosition): readonly Statement[] {
  let first = 0;
  const rows = batches.map(({ batch_id, records, received_at, correlation_id, source, mark, rules }) => {
    const row = {
      month: toMonthNumber(month),
      batch_id,
      chunk: sequence,
      first,
      records: records.length,
      indexes: missingIndexes(records),
      received_at,
      correlation_id,
      source,
      inspected: mark,
      rules,
    };
    first += records.length;
    return row;
  });
  return insertRows(
    'event_batch',
    {
      month: 'bigint',
      batch_id: 'text',
      chunk: 'bigint',
      first: 'bigint',
      records: 'bigint',
      indexes: 'text',
      received_at: 'bigint',
      correlation_id: 'text',
      source: 'text',
      inspected: 'bigint',
      rules: 'text',
    },
    rows,
  );
}

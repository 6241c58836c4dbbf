import type { ChunkPosition, LearnedState, StoredBatch } from '../domain/event-store.js';
import { LEARNED_FROM } from './batch-marks.js';
import type { EventFiles } from './event-files.js';
import { readFileChunk } from './file-chunk.js';
import { openState } from './learned-state.js';
import { SUMMED_BATCH_COLUMNS, toBatchRow } from './stored-chunk.js';

/** The newest learned state in a tenant's files, and the inspected batches that it does not cover. */
export function readLearned(files: EventFiles): { readonly state: LearnedState; readonly later: AsyncIterable<StoredBatch> } {
  for (const month of files.months()) {
    const file = files.find(month);
    const row = file?.one('SELECT chunk, state FROM learned');
    if (!file || !row) continue;
    const sequence = Number(row['chunk']);
    return { state: openState(file, row), later: batchesAfter(files, { month, sequence }, LEARNED_FROM) };
  }
  return { state: null, later: batchesAfter(files, undefined, LEARNED_FROM) };
}

/** Batches behind a chunk whose mark is between two, oldest first, a chunk at a time. */
export async function* batchesAfter(
  files: EventFiles,
  position: ChunkPosition | undefined,
  marks: readonly [least: number, most: number],
): AsyncGenerator<StoredBatch> {
  const { month, sequence } = position ?? { month: '', sequence: 0 };
  for (const current of [...files.months()].reverse()) {
    if (current < month) continue;
    const last = files.find(current)?.lastSequence ?? 0;
    for (let chunk = current === month ? sequence + 1 : 1; chunk <= last; chunk += 1) {
      const file = files.find(current);
      if (!file) break;
      const rows = file.all(
        `SELECT ${SUMMED_BATCH_COLUMNS} FROM batch WHERE chunk = ? AND inspected BETWEEN ? AND ? ORDER BY first`,
        chunk,
        ...marks,
      );
      if (rows.length === 0) continue;
      const stored = readFileChunk(file, chunk);
      for (const row of rows) yield stored.batch(toBatchRow(row));
    }
  }
}

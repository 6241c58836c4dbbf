import type { LearnedState, StoredBatch } from '../domain/event-store.js';
import type { EventFiles } from './event-files.js';
import { BATCH_COLUMNS, StoredChunk, toBatchRow } from './stored-chunk.js';

/** The newest learned state in a tenant's files, and the inspected batches that it does not cover. */
export function readLearned(files: EventFiles): { readonly state: LearnedState; readonly later: AsyncIterable<StoredBatch> } {
  for (const month of files.months()) {
    const file = files.find(month);
    const row = file?.one('SELECT chunk, state FROM learned');
    if (!file || !row) continue;
    const state = row['state'];
    const chunk = Number(row['chunk']);
    const opened = state instanceof Uint8Array ? file.seal.open('learned', chunk, state) : null;
    return { state: opened, later: batchesAfter(files, month, chunk) };
  }
  return { state: null, later: batchesAfter(files, '', 0) };
}

/** Inspected batches behind a chunk of a month, oldest first, a chunk at a time. */
export async function* batchesAfter(files: EventFiles, month: string, sequence: number): AsyncGenerator<StoredBatch> {
  for (const current of [...files.months()].reverse()) {
    if (current < month) continue;
    const last = files.find(current)?.lastSequence ?? 0;
    for (let chunk = current === month ? sequence + 1 : 1; chunk <= last; chunk += 1) {
      const file = files.find(current);
      if (!file) break;
      const rows = file.all(`SELECT ${BATCH_COLUMNS} FROM batch WHERE chunk = ? AND inspected = 1 ORDER BY first`, chunk);
      if (rows.length === 0) continue;
      const stored = StoredChunk.read(file, chunk);
      for (const row of rows) yield stored.batch(toBatchRow(row));
    }
  }
}

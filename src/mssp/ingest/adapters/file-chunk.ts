import type { EventFile } from './event-file.js';
import { checkBlock } from './row-sum.js';
import { SUMMED_BATCH_COLUMNS, StoredChunk, toBatchRow } from './stored-chunk.js';

/** A chunk in a file. @param summary `sequence`, `records` and `bytes` of its row */
export function fileChunk(file: EventFile, summary: Record<string, unknown>): StoredChunk {
  const sequence = Number(summary['sequence']);
  return new StoredChunk({ month: file.month, sequence }, summary, {
    seal: file.seal,
    batches: () => file.all(`SELECT ${SUMMED_BATCH_COLUMNS} FROM batch WHERE chunk = ? ORDER BY first`, sequence).map(toBatchRow),
    body: () => {
      const { body, sum } = file.one('SELECT body, sum FROM block WHERE sequence = ?', sequence) ?? {};
      if (!(body instanceof Uint8Array)) return undefined;
      checkBlock(sequence, body, sum);
      return body;
    },
  });
}

/** The chunk with a number. @throws Error where there is none. */
export function readFileChunk(file: EventFile, sequence: number): StoredChunk {
  const row = file.one('SELECT sequence, records, bytes FROM chunk WHERE sequence = ?', sequence);
  if (!row) throw new Error('a batch names a chunk that is not stored');
  return fileChunk(file, row);
}

import type { ChunkPosition, ScanFilter } from '../domain/event-store.js';
import type { EventFile } from './event-file.js';
import type { EventFiles } from './event-files.js';
import { fileChunk } from './file-chunk.js';
import type { StoredChunk } from './stored-chunk.js';
import { type ChunkCondition, oldestWalked, withTerms } from './term-index.js';

const PAGE = 64;
const MOST_COUNTED = 10_000;

/**
 * Chunks that may hold matches, newest first. A file is asked for a few at a time, and not held between two of them: whoever closes the tenant's
 * files meanwhile decides whether there are `files` to go on with.
 */
export async function* scanChunks(
  files: () => EventFiles,
  filter: ScanFilter,
  start: ChunkPosition | undefined,
): AsyncGenerator<StoredChunk> {
  for (const month of files().months()) {
    if (start && month > start.month) continue;
    let from = start?.month === month ? start.sequence : Number.MAX_SAFE_INTEGER;
    while (from >= 0) {
      const file = files().find(month);
      if (!file) break;
      const newest = Math.min(from, file.lastSequence);
      const { where, values } = condition(file, filter, newest);
      const rows = file.all(
        `SELECT sequence, records, bytes FROM chunk WHERE ${where} ORDER BY sequence DESC LIMIT ?`,
        ...values,
        BigInt(PAGE),
      );
      for (const row of rows) {
        const current = files().find(month);
        if (!current) break;
        yield fileChunk(current, row);
        from = Number(row['sequence']) - 1;
      }
      if (rows.length < PAGE) from = oldestLookedAt(filter, newest) - 1;
    }
  }
}

/** How many chunks lie behind a position; counting stops at 10,000. */
export function countChunks(files: EventFiles, filter: ScanFilter, { month: start, sequence }: ChunkPosition): number {
  let count = 0;
  for (const month of files.months()) {
    const file = month > start ? undefined : files.find(month);
    if (!file) continue;
    let newest = month === start ? sequence - 1 : file.lastSequence;
    while (newest >= 0 && count < MOST_COUNTED) {
      const { where, values } = condition(file, filter, newest);
      const most = BigInt(MOST_COUNTED - count);
      const row = file.one(`SELECT count(*) AS chunks FROM (SELECT 1 FROM chunk WHERE ${where} LIMIT ?)`, ...values, most);
      count += Number(row?.['chunks'] ?? 0);
      newest = oldestLookedAt(filter, newest) - 1;
    }
  }
  return count;
}

/** The oldest chunk that the condition below admits, where there are many. */
function oldestLookedAt({ terms }: ScanFilter, newest: number): number {
  return terms.length === 0 ? 0 : oldestWalked(newest);
}

function condition(file: EventFile, { from, to, terms }: ScanFilter, newest: number): ChunkCondition {
  const inTime = { where: 'sequence <= ? AND last_time >= ? AND first_time <= ?', values: [newest, from, to] };
  if (terms.length === 0) return inTime;
  const holding = withTerms(terms, newest, file.seal);
  return { where: `${inTime.where} AND ${holding.where}`, values: [...inTime.values, ...holding.values] };
}

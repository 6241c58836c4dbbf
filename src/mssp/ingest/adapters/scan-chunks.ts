import type { SQLInputValue } from 'node:sqlite';
import type { ChunkPosition, ScanFilter } from '../domain/event-store.js';
import type { EventFile } from './event-file.js';
import type { EventFiles } from './event-files.js';
import { StoredChunk } from './stored-chunk.js';
import { termHash } from './term-hash.js';

const PAGE = 64;
const MOST_COUNTED = 10_000;

/** Chunks that may hold matches, newest first. A file is asked for a few at a time, and not held between two of them. */
export async function* scanChunks(files: EventFiles, filter: ScanFilter, start: ChunkPosition | undefined): AsyncGenerator<StoredChunk> {
  for (const month of files.months()) {
    if (start && month > start.month) continue;
    let from = start?.month === month ? start.sequence : Number.MAX_SAFE_INTEGER;
    for (let page = PAGE; page === PAGE;) {
      const file = files.find(month);
      if (!file) break;
      const { where, values } = condition(filter, from);
      const rows = file.all(
        `SELECT sequence, records, bytes FROM chunk WHERE ${where} ORDER BY sequence DESC LIMIT ?`,
        ...values,
        BigInt(PAGE),
      );
      for (const row of rows) {
        const current = files.find(month);
        if (!current) break;
        yield new StoredChunk(current, row);
        from = Number(row['sequence']) - 1;
      }
      page = rows.length;
    }
  }
}

/** How many chunks lie behind a position; counting stops at 10,000. */
export function countChunks(files: EventFiles, filter: ScanFilter, { month: start, sequence }: ChunkPosition): number {
  let count = 0;
  for (const month of files.months()) {
    if (month > start || count >= MOST_COUNTED) continue;
    const file: EventFile | undefined = files.find(month);
    const { where, values } = condition(filter, month === start ? sequence - 1 : Number.MAX_SAFE_INTEGER);
    const row = file?.one(
      `SELECT count(*) AS chunks FROM (SELECT 1 FROM chunk WHERE ${where} LIMIT ?)`,
      ...values,
      BigInt(MOST_COUNTED - count),
    );
    count += Number(row?.['chunks'] ?? 0);
  }
  return count;
}

function condition({ from, to, terms }: ScanFilter, newest: number): { readonly where: string; readonly values: SQLInputValue[] } {
  const hashes = [...new Set(terms.map(termHash))];
  const [first, ...others] = hashes;
  const where = [
    'sequence <= ? AND last_time >= ? AND first_time <= ?',
    ...(first === undefined ? [] : ['sequence IN (SELECT chunk FROM term WHERE hash = ?)']),
    ...others.map(() => 'EXISTS (SELECT 1 FROM term WHERE hash = ? AND term.chunk = sequence)'),
  ];
  return { where: where.join(' AND '), values: [newest, from, to, ...hashes] };
}

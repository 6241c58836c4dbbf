import type { Rows, Statement } from '../../../../platform/storage/postgres/scoped-session.js';
import type { ChunkPosition, ScanFilter, StoredBatch } from '../../domain/event-store.js';
import type { MonthSeal } from '../month-seal.js';
import { BATCH_COLUMNS, StoredChunk, toBatchRow, type BatchRow } from '../stored-chunk.js';
import { fromMonthNumber, toMonthNumber } from './month-number.js';
import { inFilter } from './term-filter.js';

/** Chunks that one statement names at most, and looks at where there are terms to look for. */
const PAGE = 64;
const MOST_WALKED = 4_096;
const MOST_COUNTED = 10_000;
/** What is read at once: originals of so many bytes, or one chunk. The first ones are read one by one, as a search may want no more of them. */
const MOST_BYTES = 4 * 1024 * 1024;

/** Asks for rows of a tenant, in one transaction. */
export type Ask = (operation: string, statements: readonly Statement[]) => Promise<readonly Rows[]>;
type SealOf = (month: string) => MonthSeal;

/** Chunks that may hold matches, newest first. Nothing is held open between two of them. */
export async function* scanChunks(
  ask: Ask,
  sealOf: SealOf,
  filter: ScanFilter,
  start: ChunkPosition | undefined,
): AsyncGenerator<StoredChunk> {
  for await (const { month, newest } of monthsFrom(ask, start)) {
    const seal = sealOf(month);
    let from = newest;
    while (from > 0) {
      const oldest = oldestLookedAt(filter, from);
      const { text, values } = condition(filter, seal, { month, newest: from, oldest });
      const statement = { text: `SELECT c.sequence, c.records, c.bytes ${text} ORDER BY c.sequence DESC LIMIT ${PAGE}`, values };
      const [rows = []] = await ask('scan', [statement]);
      for await (const { chunk } of readBlocks(ask, seal, month, rows)) yield chunk;
      from = (rows.length < PAGE ? oldest : Number(rows.at(-1)?.['sequence'])) - 1;
    }
  }
}

/** How many chunks lie behind a position; counting stops at 10,000. */
export async function countChunks(ask: Ask, sealOf: SealOf, filter: ScanFilter, behind: ChunkPosition): Promise<number> {
  let count = 0;
  for await (const { month, newest } of monthsFrom(ask, { ...behind, sequence: behind.sequence - 1 })) {
    for (let from = newest; from > 0 && count < MOST_COUNTED;) {
      const oldest = oldestLookedAt(filter, from);
      const { text, values } = condition(filter, sealOf(month), { month, newest: from, oldest });
      const statement = { text: `SELECT count(*) AS chunks FROM (SELECT 1 ${text} LIMIT ${MOST_COUNTED - count}) AS found`, values };
      const [rows] = await ask('remaining', [statement]);
      count += Number(rows?.[0]?.['chunks']);
      from = oldest - 1;
    }
  }
  return count;
}

/** Batches behind a chunk whose mark is between two, oldest first. */
export async function* batchesAfter(
  ask: Ask,
  sealOf: SealOf,
  position: ChunkPosition | undefined,
  marks: readonly [least: number, most: number],
): AsyncGenerator<StoredBatch> {
  let [month, sequence] = position ? [toMonthNumber(position.month), position.sequence] : [0, 0];
  for (;;) {
    const text = `SELECT month, sequence, records, bytes FROM event_chunk WHERE (month, sequence) > ($1, $2) ORDER BY month, sequence LIMIT ${PAGE}`;
    const [rows = []] = await ask('later', [{ text, values: [month, sequence] }]);
    for (const current of new Set(rows.map((row) => Number(row['month'])))) {
      const name = fromMonthNumber(current);
      const own = rows.filter((row) => Number(row['month']) === current);
      for await (const { chunk, batches } of readBlocks(ask, sealOf(name), name, own, marks)) {
        for (const row of batches) yield chunk.batch(row);
      }
    }
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return;
    [month, sequence] = [Number(last['month']), Number(last['sequence'])];
  }
}

/** All chunks of a month, oldest first, with their batches. */
export async function* chunksOf(ask: Ask, seal: MonthSeal, month: string): AsyncGenerator<ChunkWithBatches> {
  for (let sequence = 0; ;) {
    const text = `SELECT sequence, records, bytes FROM event_chunk WHERE month = $1 AND sequence > $2 ORDER BY sequence LIMIT ${PAGE}`;
    const [rows = []] = await ask('later', [{ text, values: [toMonthNumber(month), sequence] }]);
    yield* readBlocks(ask, seal, month, rows);
    if (rows.length < PAGE) return;
    sequence = Number(rows.at(-1)?.['sequence']);
  }
}

/** A chunk, and rows of batches in it. */
interface ChunkWithBatches {
  readonly chunk: StoredChunk;
  readonly batches: readonly BatchRow[];
}

/** The chunks of summaries, with their batches: those between the marks. What was removed meanwhile is left out. */
async function* readBlocks(
  ask: Ask,
  seal: MonthSeal,
  month: string,
  summaries: Rows,
  marks: readonly [number, number] = [0, 2],
): AsyncGenerator<ChunkWithBatches> {
  for (let at = 0, most = 1; at < summaries.length; most *= 2) {
    const group = groupFrom(summaries, at, most);
    at += group.length;
    const values = [toMonthNumber(month), group.map((row) => Number(row['sequence']))];
    const [blocks = [], batches = []] = await ask('blocks', [
      { text: 'SELECT sequence, body FROM event_block WHERE month = $1 AND sequence = ANY ($2::bigint[])', values },
      {
        text: `SELECT ${BATCH_COLUMNS} FROM event_batch WHERE month = $1 AND chunk = ANY ($2::bigint[]) AND inspected BETWEEN $3 AND $4 ORDER BY chunk, first`,
        values: [...values, ...marks],
      },
    ]);
    const bodies = new Map(blocks.map((row) => [Number(row['sequence']), row['body'] as Uint8Array]));
    const rows = Map.groupBy(batches.map(toBatchRow), ({ chunk }) => chunk);
    for (const summary of group) {
      const sequence = Number(summary['sequence']);
      const body = bodies.get(sequence);
      if (!body) continue;
      const own = rows.get(sequence) ?? [];
      yield { chunk: new StoredChunk({ month, sequence }, summary, { seal, batches: () => own, body: () => body }), batches: own };
    }
  }
}

function groupFrom(summaries: Rows, start: number, most: number): Rows {
  let bytes = 0;
  const group: Record<string, unknown>[] = [];
  for (const row of summaries.slice(start, start + most)) {
    bytes += Number(row['bytes']);
    if (group.length > 0 && bytes > MOST_BYTES) break;
    group.push(row);
  }
  return group;
}

/** Months that have chunks, from a position (included) on, newest first, and the newest chunk that is asked for of each. */
async function* monthsFrom(
  ask: Ask,
  start: ChunkPosition | undefined,
): AsyncGenerator<{ readonly month: string; readonly newest: number }> {
  let before = start ? [toMonthNumber(start.month), start.sequence] : [999_999, 0];
  for (;;) {
    const text = 'SELECT month, sequence FROM event_chunk WHERE (month, sequence) <= ($1, $2) ORDER BY month DESC, sequence DESC LIMIT 1';
    const [rows] = await ask('months', [{ text, values: before }]);
    const [row] = rows ?? [];
    if (!row) return;
    const month = Number(row['month']);
    yield { month: fromMonthNumber(month), newest: Number(row['sequence']) };
    before = [month, 0];
  }
}

/** The oldest chunk that the condition below admits, where there are many. */
function oldestLookedAt({ terms }: ScanFilter, newest: number): number {
  return terms.length === 0 ? 1 : Math.max(1, newest - MOST_WALKED + 1);
}

interface Span {
  readonly month: string;
  readonly newest: number;
  readonly oldest: number;
}

/** Where chunks are looked for, from the keyword on. A filter is read with its chunk, by the index. */
function condition({ from, to, terms }: ScanFilter, seal: MonthSeal, { month, newest, oldest }: Span): Required<Statement> {
  const values = [toMonthNumber(month), oldest, newest, Math.ceil(from), Math.floor(to)];
  const inTime = 'c.month = $1 AND c.sequence >= $2 AND c.sequence <= $3 AND c.last_time >= $4 AND c.first_time <= $5';
  if (terms.length === 0) return { text: `FROM event_chunk AS c WHERE ${inTime}`, values };
  const forms = [...new Set(terms)].map((term) => seal.termsOf(term));
  const holding = inFilter('f.bits', forms, values.length + 1);
  const filter = 'CROSS JOIN LATERAL (SELECT bits FROM event_filter WHERE month = c.month AND sequence = c.sequence LIMIT 1) AS f';
  return { text: `FROM event_chunk AS c ${filter} WHERE ${inTime} AND ${holding.text}`, values: [...values, ...holding.values] };
}

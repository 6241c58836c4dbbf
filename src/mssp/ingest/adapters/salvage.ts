import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { isRejection, parseEvent } from '../../../events/parse-event.js';
import type { ParsedEvent } from '../../../events/parsed-event.js';
import { searchTerms } from '../../../events/search-terms.js';
import { DamagedBlock, type EventDamage } from '../domain/event-damage.js';
import { unpackBlock } from './chunk-block.js';
import { addIdentities } from './identity-index.js';
import type { EventFile } from './event-file.js';
import { indexAt } from './record-indexes.js';
import { BATCH_COLUMNS, isInItsMonth, isOfItsTime, toBatchRow, type BatchRow } from './stored-chunk.js';
import { writeTerms } from './term-index.js';

type Row = Record<string, unknown>;
type Column = string | number | Uint8Array | null;

/** Tables whose rows are taken over as they are. */
const COPIED = ['outbox', 'answer', 'hour_count', 'receipt', 'poison', 'learned'];

/**
 * Takes over into a new file whatever of a damaged one is readable: chunks whose block opens, with their batches, found again by the same terms and
 * known again by the same identities. A chunk keeps its number, so that what is sealed for its place stays readable there.
 */
export function salvage(path: string, into: EventFile): Pick<EventDamage, 'recovered' | 'between'> & { readonly missed: number } {
  const source = new Source(path);
  try {
    return into.transaction(() => {
      let [recovered, missed] = [0, 0];
      const arrivals: number[] = [];
      const last = Number(
        source.one('SELECT max(sequence) AS last FROM chunk')?.['last'] ??
          source.one('SELECT max(sequence) AS last FROM block')?.['last'] ??
          0,
      );
      for (let sequence = 1; sequence <= last; sequence += 1) {
        const batches = source.batchesOf(sequence);
        const events = takeChunk(source, into, sequence, batches);
        recovered += events;
        if (events > 0 || isOfAnotherMonth(batches, into.month)) continue;
        missed += Number(source.one(`SELECT records FROM chunk WHERE sequence = ${sequence}`)?.['records'] ?? 0);
        arrivals.push(...batches.filter(isOfItsTime).map((row) => Number(row['received_at'])));
      }
      for (const table of COPIED) copyTable(source, into, table);
      const between = arrivals.length === 0 ? null : ([toTime(Math.min(...arrivals)), toTime(Math.max(...arrivals))] as const);
      return { recovered, missed, between };
    });
  } finally {
    source.close();
  }
}

/** Whether a chunk is sound and none of this month's: its events are in the file of their own. */
function isOfAnotherMonth(batches: readonly Row[], month: string): boolean {
  return batches.length > 0 && batches.every((row) => isOfItsTime(row) && !isInItsMonth(row, month));
}

/** Takes over a chunk; answers how many events it has, 0 where it is not readable as a whole. */
function takeChunk(source: Source, into: EventFile, sequence: number, batches: readonly Row[]): number {
  into.run('SAVEPOINT chunk');
  try {
    return copyChunk(source, into, sequence, batches);
  } catch {
    into.run('ROLLBACK TO chunk');
    return 0;
  } finally {
    into.run('RELEASE chunk');
  }
}

/** @throws Error where any part of it is not what it was. */
function copyChunk(source: Source, into: EventFile, sequence: number, batches: readonly Row[]): number {
  const chunk = source.one('SELECT * FROM chunk WHERE sequence = ?', sequence);
  const body = source.one('SELECT body FROM block WHERE sequence = ?', sequence)?.['body'];
  const rows = batches.map(toBatchRow);
  const count = Number(chunk?.['records']);
  const isWhole = batches.every((row) => isInItsMonth(row, into.month)) && rows.reduce((sum, { records }) => sum + records, 0) === count;
  if (!chunk || !(body instanceof Uint8Array) || !isWhole) throw new DamagedBlock('a chunk is not whole');
  const texts = unpackBlock(into.seal.open('block', sequence, body), count, Number(chunk['bytes']));
  insert(into, 'chunk', chunk);
  insert(into, 'block', { sequence, body });
  for (const row of batches) insert(into, 'batch', row);
  const events = rows.flatMap((row) => eventsOf(row, texts));
  const rules = rows.flatMap((row) => Object.values(row.rules).flat());
  writeTerms(into, new Set([...events.flatMap((event) => [...searchTerms(event)]), ...rules.map((rule) => `rule:${rule}`)]), sequence);
  addIdentities(
    events.map(({ identity }) => identity),
    into,
  );
  return count;
}

function eventsOf({ first, records, missing, source, received_at: receivedAt }: BatchRow, texts: readonly string[]): ParsedEvent[] {
  return Array.from({ length: records }, (_, at) =>
    parseEvent(texts[first + at] ?? '', { index: indexAt(at, missing), declared: source, receivedAt }),
  ).flatMap((event) => (isRejection(event) ? [] : [event]));
}

function copyTable(source: Source, into: EventFile, table: string): void {
  for (const row of source.all(`SELECT * FROM ${table}`)) {
    try {
      insert(into, table, row);
    } catch {
      // A value that its column does not take is damaged too.
    }
  }
}

function insert(into: EventFile, table: string, row: Row): void {
  const columns = Object.keys(row);
  const sql = `INSERT OR IGNORE INTO ${table} (${columns.join()}) VALUES (${columns.map(() => '?').join()})`;
  into.run(sql, ...(Object.values(row) as Column[]));
}

function toTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** A damaged file: what cannot be read of it is not there. */
class Source {
  private readonly db: DatabaseSync | undefined;

  constructor(path: string) {
    try {
      this.db = existsSync(path) ? new DatabaseSync(path) : undefined;
    } catch {
      this.db = undefined;
    }
  }

  one(sql: string, ...values: Column[]): Row | undefined {
    return this.all(sql, ...values)[0];
  }

  /** Batches of a chunk that the table and its index tell of alike. */
  batchesOf(sequence: number): Row[] {
    const listed = this.all('SELECT batch_id FROM batch INDEXED BY batch_chunk WHERE chunk = ? ORDER BY first', sequence);
    return listed.flatMap(({ batch_id: id }) => {
      const sql = `SELECT ${BATCH_COLUMNS}, inspected FROM batch WHERE batch_id = ? AND chunk = ?`;
      const row = this.one(sql, String(id), sequence);
      return row ? [row] : [];
    });
  }

  /** The rows up to the first that is not readable. */
  all(sql: string, ...values: Column[]): Row[] {
    const rows: Row[] = [];
    try {
      for (const row of this.db?.prepare(sql).iterate(...values) ?? []) rows.push(row as Row);
    } catch {
      return rows;
    }
    return rows;
  }

  close(): void {
    this.db?.close();
  }
}

import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { isRejection, parseEvent } from '../../../events/parse-event.js';
import type { ParsedEvent } from '../../../events/parsed-event.js';
import { searchTerms } from '../../../events/search-terms.js';
import { DamagedPart, type EventDamage } from '../domain/event-damage.js';
import { declaredFormat } from '../domain/submission.js';
import { unpackBlock } from './chunk-block.js';
import { takeAnswers } from './kept-answers.js';
import { openState } from './learned-state.js';
import { takeOutbox } from './outbox.js';
import { addIdentities } from './identity-index.js';
import type { EventFile } from './event-file.js';
import { indexAt } from './record-indexes.js';
import { blockSum, checkBlock, isAsWritten, rowSum } from './row-sum.js';
import { isInItsMonth, isOfItsTime, toBatchRow, type BatchRow } from './stored-chunk.js';
import { writeTerms } from './term-index.js';

type Row = Record<string, unknown>;
type Column = string | number | Uint8Array | null;

/** Tables whose rows are taken over as they are. */
const COPIED = ['hour_count', 'receipt', 'poison'];

/**
 * Takes over into a new file whatever of a damaged one is readable: chunks whose block opens, with their batches, found again by the same terms and
 * known again by the same identities. A chunk keeps its number, so that what is sealed for its place stays readable there. Done again over what an
 * earlier run has taken over it comes to the same.
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
      takeAnswers(into, source.all('SELECT * FROM answer'));
      const outbox = source.read('SELECT batch_id, detections FROM outbox');
      takeOutbox(into, outbox.rows, outbox.isWhole);
      copyLearned(source, into);
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

/** Takes over a chunk that is not there yet; answers how many events it has, 0 where it is not readable as a whole. */
function takeChunk(source: Source, into: EventFile, sequence: number, batches: readonly Row[]): number {
  const taken = into.one('SELECT records FROM chunk WHERE sequence = ?', sequence);
  if (taken) return Number(taken['records']);
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
  const block = source.one('SELECT * FROM block WHERE sequence = ?', sequence);
  const body = block?.['body'];
  const believed = batches.map(believable);
  const rows = believed.map(toBatchRow);
  const count = Number(chunk?.['records']);
  const isWhole = batches.every((row) => isInItsMonth(row, into.month)) && rows.reduce((sum, { records }) => sum + records, 0) === count;
  if (!chunk || !(body instanceof Uint8Array) || !isWhole) throw new DamagedPart('a chunk is not whole');
  checkBlock(sequence, body, block?.['sum']);
  const texts = unpackBlock(into.seal.open('block', sequence, body), count, Number(chunk['bytes']));
  const events = rows.flatMap((row) => eventsOf(row, texts));
  into.insert('chunk', isAsWritten('chunk', chunk) ? chunk : timedAnew(chunk, events));
  into.insert('block', { sequence, body, sum: blockSum(sequence, body) });
  for (const row of believed) into.insert('batch', row);
  const rules = rows.flatMap((row) => Object.values(row.rules).flat());
  writeTerms(into, new Set([...events.flatMap((event) => [...searchTerms(event)]), ...rules.map((rule) => `rule:${rule}`)]), sequence);
  addIdentities(
    events.map(({ identity }) => identity),
    into,
  );
  return count;
}

/**
 * What can be believed of a batch's row: where it is not what was written its events are what they are, and inspected once more.
 * @throws Error where it does not say which events they are, or of which format.
 */
function believable(row: Row): Row {
  if (isAsWritten('batch', row)) return row;
  if (row['indexes'] !== null) throw new DamagedPart('a row is not what was written');
  declaredFormat(String(row['source']), 'source');
  const without = { ...row, rules: null, inspected: 0 };
  return { ...without, sum: rowSum('batch', without) };
}

/** A chunk's row with the times of its events, as they are not to be believed. */
function timedAnew(row: Row, events: readonly ParsedEvent[]): Row {
  const times = events.map(({ time }) => time);
  const timed = { ...row, first_time: Math.floor(Math.min(...times)), last_time: Math.ceil(Math.max(...times)) };
  return { ...timed, sum: rowSum('chunk', timed) };
}

function eventsOf({ first, records, missing, source, received_at: receivedAt }: BatchRow, texts: readonly string[]): ParsedEvent[] {
  return Array.from({ length: records }, (_, at) =>
    parseEvent(texts[first + at] ?? '', { index: indexAt(at, missing), declared: source, receivedAt }),
  ).flatMap((event) => (isRejection(event) ? [] : [event]));
}

function copyTable(source: Source, into: EventFile, table: string): void {
  for (const row of source.all(`SELECT * FROM ${table}`)) {
    try {
      into.insert(table, row);
    } catch {
      // A value that its column does not take is damaged too.
    }
  }
}

/** What is not readable is learned again from the events. */
function copyLearned(source: Source, into: EventFile): void {
  const row = source.one('SELECT chunk, state FROM learned');
  if (!row) return;
  try {
    openState(into, row);
  } catch (error) {
    if (error instanceof DamagedPart) return;
    throw error;
  }
  into.run(
    'INSERT OR REPLACE INTO learned (only, chunk, state) VALUES (1, ?, ?)',
    row['chunk'] as number,
    row['state'] as Uint8Array | null,
  );
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
      const row = this.one('SELECT * FROM batch WHERE batch_id = ? AND chunk = ?', String(id), sequence);
      return row ? [row] : [];
    });
  }

  all(sql: string, ...values: Column[]): Row[] {
    return this.read(sql, ...values).rows;
  }

  /** The rows up to the first that is not readable, and whether they are all. */
  read(sql: string, ...values: Column[]): { readonly rows: Row[]; readonly isWhole: boolean } {
    const rows: Row[] = [];
    try {
      for (const row of this.db?.prepare(sql).iterate(...values) ?? []) rows.push(row as Row);
      return { rows, isWhole: this.db !== undefined };
    } catch {
      return { rows, isWhole: false };
    }
  }

  close(): void {
    this.db?.close();
  }
}

import { crc32 } from 'node:zlib';
import { DamagedPart } from '../domain/event-damage.js';

type Row = Readonly<Record<string, unknown>>;

const SUMMED = {
  chunk: ['sequence', 'first_time', 'last_time', 'records', 'bytes'],
  batch: ['batch_id', 'chunk', 'first', 'records', 'indexes', 'received_at', 'correlation_id', 'source', 'rules'],
  answer: ['key', 'digest', 'batch_id', 'body', 'answered_at'],
} as const;

/** What the column `sum` of a row holds: the CRC-32 of what never changes in it, of a batch's rules, and of an answer. SQLite itself does not notice other values. */
export function rowSum(table: keyof typeof SUMMED, row: Row): number {
  return crc32(JSON.stringify(SUMMED[table].map((column) => row[column])));
}

/** The same of a block: the CRC-32 of its body and of the chunk that it belongs to. */
export function blockSum(sequence: number, body: Uint8Array): number {
  return crc32(body, sequence);
}

/** @throws DamagedPart where a block is not what was written, or is another chunk's. */
export function checkBlock(sequence: number, body: Uint8Array, sum: unknown): void {
  if (typeof sum === 'number' && sum !== blockSum(sequence, body)) throw new DamagedPart('a block is not what was written');
}

/** Whether a row is what was written; one from before there were sums is believed. */
export function isAsWritten(table: keyof typeof SUMMED, row: Row): boolean {
  const { sum } = row;
  return sum === null || sum === undefined || sum === rowSum(table, row);
}

/** @throws DamagedPart where a row is not what was written. */
export function checkRow(table: keyof typeof SUMMED, row: Row): void {
  if (!isAsWritten(table, row)) throw new DamagedPart(`a row of ${table} is not what was written`);
}

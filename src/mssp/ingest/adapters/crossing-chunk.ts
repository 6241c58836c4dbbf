import type { NewBatch, NewChunk, NewRecord } from '../domain/event-store.js';

/** A record on its way to another thread; its bytes lie in memory that both threads share. */
type CrossingRecord = Omit<NewRecord, 'bytes'> & { readonly length: number };

type CrossingBatch = Omit<NewBatch, 'records'> & { readonly records: readonly CrossingRecord[] };

/** A chunk on its way to another thread. The bytes of its records lie one behind another, in order. */
export type CrossingChunk = Omit<NewChunk, 'batches'> & { readonly batches: readonly CrossingBatch[] };

/** Bytes of a chunk's originals. */
export function bytesOf({ batches }: NewChunk): number {
  let sum = 0;
  for (const { records } of batches) for (const { bytes } of records) sum += bytes.length;
  return sum;
}

/** Copies a chunk's originals into `memory`, which has room for them. */
export function toCrossing(chunk: NewChunk, memory: Uint8Array): CrossingChunk {
  let end = 0;
  const batches = chunk.batches.map((batch) => ({
    ...batch,
    records: batch.records.map(({ bytes, ...record }) => {
      memory.set(bytes, end);
      end += bytes.length;
      return { ...record, length: bytes.length };
    }),
  }));
  return { ...chunk, batches };
}

/** The chunk as it was; its originals are those in `memory`. */
export function fromCrossing(chunk: CrossingChunk, memory: Uint8Array): NewChunk {
  let end = 0;
  const batches = chunk.batches.map((batch) => ({
    ...batch,
    records: batch.records.map(({ length, ...record }) => {
      const bytes = memory.subarray(end, end + length);
      end += length;
      return { ...record, bytes };
    }),
  }));
  return { ...chunk, batches };
}

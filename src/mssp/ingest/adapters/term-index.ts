import type { SQLInputValue } from 'node:sqlite';
import type { EventFile } from './event-file.js';
import type { MonthSeal } from './month-seal.js';

/** Chunks whose terms share rows: as many as fit into the bits of a number. */
const SEGMENT = 48;
/** Segments that one statement walks at most, so that it ends soon in a file of any size. */
const MOST_WALKED = 4_096;

/** A condition on rows of the chunk table, with the values of its parameters. */
export interface ChunkCondition {
  readonly where: string;
  readonly values: readonly SQLInputValue[];
}

/**
 * Enters a chunk under its terms; to be run inside a transaction. Terms are kept by segment of neighbouring chunks, a row a term with a bit a
 * chunk: what is written for a chunk lies close together, however much the file holds.
 */
export function writeTerms(file: EventFile, terms: Iterable<string>, sequence: number): void {
  const hashes = Float64Array.from(new Set(Array.from(terms, (term) => file.seal.term(term)))).sort();
  if (hashes.length === 0) return;
  file.run(
    `INSERT INTO term (segment, hash, chunks) SELECT ?, value, ? FROM json_each(?) WHERE true
     ON CONFLICT DO UPDATE SET chunks = chunks | excluded.chunks`,
    Math.floor(sequence / SEGMENT),
    2 ** (sequence % SEGMENT),
    `[${hashes.join()}]`,
  );
}

/** Sequence of the oldest chunk that `withTerms` looks at when it starts at `newest`. */
export function oldestWalked(newest: number): number {
  return Math.max(0, (Math.floor(newest / SEGMENT) - MOST_WALKED + 1) * SEGMENT);
}

/** The chunks from `oldestWalked(newest)` to `newest` that hold all of the terms, of which there is at least one. */
export function withTerms(terms: readonly string[], newest: number, seal: MonthSeal): ChunkCondition {
  const [first = [], ...others] = [...new Set(terms)].map((term) => seal.termsOf(term));
  const oldest = oldestWalked(newest) / SEGMENT;
  const walk = `WITH RECURSIVE walk (segment) AS (SELECT CAST(? AS INTEGER) UNION ALL SELECT segment - 1 FROM walk WHERE segment > ?),
    bit (place) AS (SELECT 0 UNION ALL SELECT place + 1 FROM bit WHERE place < ${SEGMENT - 1})
    SELECT walk.segment * ${SEGMENT} + place FROM walk CROSS JOIN term ON term.segment = walk.segment AND term.hash IN (${marks(first)})
    CROSS JOIN bit ON ((term.chunks >> place) & 1) = 1`;
  const also = (hashes: readonly number[]): string => `EXISTS (SELECT 1 FROM term
    WHERE term.segment = sequence / ${SEGMENT} AND term.hash IN (${marks(hashes)}) AND ((term.chunks >> (sequence % ${SEGMENT})) & 1) = 1)`;
  return {
    where: [`sequence IN (${walk})`, ...others.map(also)].join(' AND '),
    values: [Math.floor(newest / SEGMENT), oldest, ...first, ...others.flat()],
  };
}

function marks(values: readonly unknown[]): string {
  return values.map(() => '?').join();
}

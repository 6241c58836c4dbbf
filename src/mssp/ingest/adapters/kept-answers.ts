import { DamagedPart } from '../domain/event-damage.js';
import type { IngestAnswer } from '../domain/ingest-answer.js';
import type { NewBatch } from '../domain/event-store.js';
import { ANSWER_LIFETIME_MS } from './batch-marks.js';
import type { EventFile } from './event-file.js';
import { checkRow, isAsWritten, rowSum } from './row-sum.js';

type Row = Record<string, unknown>;

/** An answer that is kept under its idempotency key, and of which request it is. */
export interface KeptAnswer {
  readonly digest: string;
  readonly answer: IngestAnswer;
}

/** Keeps a batch's answer where its request has a key, and forgets those that are too old. */
export function writeAnswer(file: EventFile, { idempotency, answer, batch_id, received_at }: NewBatch): void {
  if (!idempotency) return;
  file.run('DELETE FROM answer WHERE answered_at < ?', received_at - ANSWER_LIFETIME_MS);
  const { key, digest } = idempotency;
  file.run('DELETE FROM answer WHERE key = ?', key);
  insertAnswer(file, { key, digest, batch_id, body: JSON.stringify(answer), answered_at: received_at });
}

/** The answer that is kept under a key since then. @throws DamagedPart */
export function findAnswer(file: EventFile, key: string, oldest: number): KeptAnswer | undefined {
  const row = file.one('SELECT * FROM answer WHERE key = ? AND answered_at >= ?', key, oldest);
  return row && readAnswer(row);
}

/** Says in a batch's answer how many alerts came of it. @throws DamagedPart */
export function countAlerts(file: EventFile, batchId: string, alerts: number): void {
  for (const row of file.all('SELECT * FROM answer WHERE batch_id = ?', batchId)) {
    const { answer } = readAnswer(row);
    if (answer.alerts_raised === alerts) continue;
    file.run('DELETE FROM answer WHERE key = ?', String(row['key']));
    insertAnswer(file, { ...row, body: JSON.stringify({ ...answer, alerts_raised: alerts }) });
  }
}

/** @throws DamagedPart where an answer is not what was written. */
export function checkAnswers(file: EventFile): void {
  for (const row of file.all('SELECT * FROM answer')) readAnswer(row);
}

/** Takes over the answers that are what was written: without one, what is sent again is known again by its events. */
export function takeAnswers(into: EventFile, rows: readonly Row[]): void {
  for (const row of rows) {
    if (!isAsWritten('answer', row) || !answerOf(row)) continue;
    try {
      insertAnswer(into, row);
    } catch {
      // A damaged table may tell of a row twice, and a value that its column does not take is damaged too.
    }
  }
}

function insertAnswer(file: EventFile, row: Row): void {
  file.insert('answer', { ...row, sum: rowSum('answer', row) });
}

function readAnswer(row: Row): KeptAnswer {
  checkRow('answer', row);
  const answer = answerOf(row);
  if (!answer) throw new DamagedPart('an answer is not what was written');
  return { digest: String(row['digest']), answer };
}

/** One from before there were sums is believed where it can be read. */
function answerOf({ body }: Row): IngestAnswer | undefined {
  try {
    return JSON.parse(String(body)) as IngestAnswer;
  } catch {
    return undefined;
  }
}

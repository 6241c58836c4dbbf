import type { Detection } from '../../../contracts/detection.js';
import { KeysUnavailable } from '../../../platform/encryption/tenant-cipher.js';
import { DamagedPart } from '../domain/event-damage.js';
import type { EventFile } from './event-file.js';

/** Rows of the outbox whose batch is not in the file: its id is not what was written. */
const WITHOUT_BATCH = 'SELECT 1 AS there FROM outbox WHERE batch_id NOT IN (SELECT batch_id FROM batch) LIMIT 1';

/** Detections of a row with a batch and what the outbox has of it. @throws DamagedPart, KeysUnavailable */
export function readDetections(file: EventFile, { batch_id: id, detections }: Record<string, unknown>): readonly Detection[] {
  if (detections === null) return [];
  try {
    return JSON.parse(file.seal.openText(String(id), detections as string)) as Detection[];
  } catch (error) {
    if (error instanceof KeysUnavailable) throw error;
    throw new DamagedPart('detections are not what was written', { cause: error });
  }
}

/** Reads the outbox through. @throws DamagedPart, KeysUnavailable */
export function checkOutbox(file: EventFile): void {
  for (const row of file.all('SELECT batch_id, detections FROM outbox')) readDetections(file, row);
  if (file.one(WITHOUT_BATCH)) throw new DamagedPart('detections of a batch that is not there');
}

/**
 * Takes over what is readable of a damaged file's outbox, once its batches are there. Where that is not all, detections are found again: batches
 * that had any, and none that wait, are to be inspected once more. What has become an alert becomes no other.
 * @param isWhole whether these are all rows that there were.
 */
export function takeOutbox(file: EventFile, rows: readonly Record<string, unknown>[], isWhole: boolean): void {
  const readable = rows.filter((row) => isReadable(file, row));
  for (const { batch_id: id, detections } of readable) {
    file.run('INSERT OR IGNORE INTO outbox (batch_id, detections) VALUES (?, ?)', String(id), String(detections));
  }
  if (isWhole && readable.length === rows.length) return;
  file.run('UPDATE batch SET inspected = 0 WHERE rules IS NOT NULL AND batch_id NOT IN (SELECT batch_id FROM outbox)');
}

function isReadable(file: EventFile, row: Record<string, unknown>): boolean {
  try {
    readDetections(file, row);
    return file.one('SELECT 1 AS there FROM batch WHERE batch_id = ?', String(row['batch_id'])) !== undefined;
  } catch (error) {
    if (error instanceof DamagedPart) return false;
    throw error;
  }
}

import { KeysUnavailable } from '../../../platform/encryption/tenant-cipher.js';
import { storageFaultOf } from '../../../platform/storage/storage-fault.js';
import { DamagedPart } from '../domain/event-damage.js';
import type { EventFile } from './event-file.js';
import { readFileChunk } from './file-chunk.js';
import { checkAnswers } from './kept-answers.js';
import { openState } from './learned-state.js';
import { checkOutbox } from './outbox.js';
import { checkRow } from './row-sum.js';
import { SUMMED_BATCH_COLUMNS, isInItsMonth, toBatchRow } from './stored-chunk.js';

/** Reads a file through: its pages as SQLite sees them, then every row, and all that is sealed where there is a key for it. */
export function isSound(file: EventFile): boolean {
  try {
    if (file.one('PRAGMA integrity_check(1)')?.['integrity_check'] !== 'ok') return false;
    checkRows(file);
    if (!blocksAreSound(file)) return false;
    checkAnswers(file);
    checkOutbox(file);
    checkLearned(file);
    return true;
  } catch (error) {
    if (error instanceof KeysUnavailable) return true;
    if (storageFaultOf(error) === 'damaged') return false;
    throw error;
  }
}

/** @throws DamagedPart */
function checkRows(file: EventFile): void {
  for (const row of file.all('SELECT * FROM chunk')) checkRow('chunk', row);
  for (const row of file.all(`SELECT ${SUMMED_BATCH_COLUMNS} FROM batch`)) {
    toBatchRow(row);
    if (!isInItsMonth(row, file.month)) throw new DamagedPart('a batch of another month');
  }
}

/** Whether there is learned state, which opens. @throws DamagedPart, KeysUnavailable */
function checkLearned(file: EventFile): boolean {
  const row = file.one('SELECT chunk, state FROM learned');
  return row !== undefined && openState(file, row) !== null;
}

/**
 * Opens every block. Where the file is encrypted and nothing of it opens it is the keys that are wrong, not the file: it stays as it is.
 * @throws KeysUnavailable
 */
function blocksAreSound(file: EventFile): boolean {
  let [sound, damaged] = [0, 0];
  for (let chunk = 1; chunk <= file.lastSequence; chunk += 1) {
    if (hasGap(file, chunk)) continue;
    try {
      readFileChunk(file, chunk).check();
      sound += 1;
    } catch (error) {
      if (!(error instanceof DamagedPart)) throw error;
      damaged += 1;
    }
  }
  if (damaged > 0 && sound === 0 && file.seal.isOn && !keysFit(file))
    throw new KeysUnavailable('no block of the file opens with the keys at hand');
  return damaged === 0;
}

/** Whether learned state opens, where no block does. */
function keysFit(file: EventFile): boolean {
  try {
    return checkLearned(file);
  } catch (error) {
    if (error instanceof DamagedPart) return false;
    throw error;
  }
}

/** A chunk that an earlier repair could not take over. */
function hasGap(file: EventFile, chunk: number): boolean {
  return file.one('SELECT 1 AS there FROM chunk WHERE sequence = ?', chunk) === undefined;
}

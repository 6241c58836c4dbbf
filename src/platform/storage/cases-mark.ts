import { existsSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseDamaged } from './storage-fault.js';
import { syncDirectory, writeDurably } from './write-durably.js';

/**
 * Refuses a database that was made before and is gone or empty now: another one would begin anew without a word, its audit log included. SQLite
 * throws the log of an empty file away, so that there is nothing left to take over either.
 * @throws DatabaseDamaged
 */
export function refuseLostCases(file: string): void {
  if (!existsSync(markOf(file)) || (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0) return;
  throw new DatabaseDamaged(`a tenant's database (cases.db) is ${existsSync(file) ? 'empty' : 'gone'}`);
}

/** Notes that a database was made; to be called before anything is stored in it. */
export function markCases(file: string): void {
  if (!existsSync(markOf(file))) writeDurably(markOf(file), '');
}

/** Forgets that there was one, as it is to be removed next. */
export function unmarkCases(file: string): void {
  if (!existsSync(markOf(file))) return;
  rmSync(markOf(file));
  syncDirectory(dirname(file));
}

function markOf(file: string): string {
  return join(dirname(file), 'cases.mark');
}

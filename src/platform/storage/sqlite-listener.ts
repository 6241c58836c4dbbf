import { basename } from 'node:path';
import type { StorageFault } from './storage-fault.js';

/** What a SQLite thread tells whoever measures it and watches over it. */
export interface SqliteListener {
  /** An operation was answered. @param store `platform` or `cases`. */
  readonly answered: (store: string, operation: string, seconds: number) => void;
  /** The thread has ended though nobody asked it to: nothing can be stored any more. */
  readonly lost: (error: Error) => void;
  /** A statement found a file damaged, its disk full, or not to be synced. */
  readonly faulty: (fault: StorageFault, error: Error, file: string) => void;
}

export const NOBODY_LISTENS: SqliteListener = { answered: () => undefined, lost: () => undefined, faulty: () => undefined };

const STATEMENTS = ['select', 'insert', 'update', 'delete', 'begin', 'commit', 'rollback'];

/** What a statement is called: a word of a closed list, whatever it is. */
export function operationName(sql: string): string {
  const word = /^\s*(\w{1,16})/.exec(sql)?.[1]?.toLowerCase() ?? '';
  return STATEMENTS.includes(word) ? word : 'other';
}

/** What a store is called: its file's name. */
export function storeName(file: string): string {
  return basename(file, '.db');
}

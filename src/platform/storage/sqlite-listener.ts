import { basename } from 'node:path';
import type { SqliteRequest } from './sqlite-protocol.js';
import type { StorageFault } from './storage-fault.js';

/** What a SQLite thread tells whoever measures it and watches over it. */
export interface SqliteListener {
  /** An operation was answered. @param store `platform` or `cases`. */
  readonly answered: (store: string, operation: string, seconds: number) => void;
  /** The thread has ended though nobody asked it to: nothing can be stored any more. */
  readonly lost: (error: Error) => void;
  /** A statement found a file's disk full, damaged, or not to be synced. */
  readonly faulty: (fault: StorageFault, error: Error) => void;
}

export const NOBODY_LISTENS: SqliteListener = { answered: () => undefined, lost: () => undefined, faulty: () => undefined };

const STATEMENTS = ['select', 'insert', 'update', 'delete', 'begin', 'commit', 'rollback'];

/** What an operation is called: a closed list of words, whatever the statement is. */
export function operationName(request: Omit<Extract<SqliteRequest, { op: 'query' }>, 'id'> | { readonly op: 'open' | 'close' }): string {
  if (request.op !== 'query') return request.op;
  const word = /^\s*(\w{1,16})/.exec(request.sql)?.[1]?.toLowerCase() ?? '';
  return STATEMENTS.includes(word) ? word : 'other';
}

/** What a store is called: its file's name. */
export function storeName(file: string): string {
  return basename(file, '.db');
}

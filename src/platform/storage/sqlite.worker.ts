import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { parentPort } from 'node:worker_threads';
import type { SqliteReply, SqliteRequest } from './sqlite-protocol.js';
import { storageFaultOf } from './storage-fault.js';

const STATEMENTS_KEPT = 256;
const databases = new Map<number, { db: DatabaseSync; statements: Map<string, StatementSync> }>();
/** The failed sync after which nothing is written any more. */
let syncFailure: Error | undefined;

function open(handle: number, file: string): void {
  const db = new DatabaseSync(file, { timeout: 0 });
  try {
    db.exec('PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA wal_autocheckpoint=4000;');
  } catch (error) {
    db.close();
    throw error;
  }
  databases.set(handle, { db, statements: new Map() });
}

function prepared(handle: number, sql: string): StatementSync {
  const entry = databases.get(handle);
  if (!entry) throw new Error('database is not open');
  const known = entry.statements.get(sql);
  if (known) return known;
  if (entry.statements.size >= STATEMENTS_KEPT) entry.statements.clear();
  const statement = entry.db.prepare(sql);
  entry.statements.set(sql, statement);
  return statement;
}

function execute(request: SqliteRequest): Omit<SqliteReply, 'id'> {
  switch (request.op) {
    case 'open':
      open(request.handle, request.file);
      return { rows: [] };
    case 'close':
      databases.get(request.handle)?.db.close();
      databases.delete(request.handle);
      return { rows: [] };
    case 'query': {
      if (syncFailure) throw syncFailure;
      const statement = prepared(request.handle, request.sql);
      const parameters = request.parameters as SQLInputValue[];
      if (statement.columns().length > 0) return { rows: statement.all(...parameters) };
      const { changes, lastInsertRowid } = statement.run(...parameters);
      return { rows: [], changes: BigInt(changes), insertId: BigInt(lastInsertRowid) };
    }
  }
}

parentPort?.on('message', (request: SqliteRequest) => {
  try {
    parentPort?.postMessage({ id: request.id, ...execute(request) } satisfies SqliteReply);
  } catch (error) {
    const failure = error as Error & { code?: string; errcode?: number };
    if (storageFaultOf(failure) === 'sync_failed') syncFailure ??= failure;
    parentPort?.postMessage({
      id: request.id,
      rows: [],
      error: { message: failure.message, code: failure.errcode ?? 0 },
    } satisfies SqliteReply);
  }
});

import { Worker } from 'node:worker_threads';
import type { SqliteReply, SqliteRequest } from './sqlite-protocol.js';
import { storageFaultOf, type StorageFault } from './storage-fault.js';
import { workerScript } from './worker-script.js';

/** An error that SQLite answered with; `code` is SQLite's extended result code. */
export class SqliteError extends Error {
  override readonly name = 'SqliteError';
  constructor(
    message: string,
    readonly code: number,
  ) {
    super(message);
  }

  /** SQLITE_CONSTRAINT_PRIMARYKEY or SQLITE_CONSTRAINT_UNIQUE. */
  get isUniqueViolation(): boolean {
    return this.code === 1555 || this.code === 2067;
  }
}

type Unnumbered = SqliteRequest extends infer R ? (R extends { id: number } ? Omit<R, 'id'> : never) : never;

/** A worker thread that owns SQLite files, so that a disk sync never holds the main thread. */
export class SqliteThread {
  private readonly worker = new Worker(workerScript('platform/storage/sqlite.worker.js'));
  private readonly waiting = new Map<number, { resolve: (reply: SqliteReply) => void; reject: (error: Error) => void }>();
  private nextRequest = 1;
  private nextHandle = 1;
  private ended: Error | undefined;

  /** @param onFault told of statements that found a file's disk full, damaged, or not to be synced. */
  constructor(private readonly onFault: (fault: StorageFault, error: SqliteError) => void = () => undefined) {
    this.worker.on('message', (reply: SqliteReply) => this.settle(reply));
    this.worker.on('error', (error) => this.failAll(error as Error));
    this.worker.on('exit', () => this.failAll(new Error('the SQLite thread has ended')));
  }

  /** Opens a file (made when missing) and answers the handle to query it with. */
  async open(file: string): Promise<number> {
    const handle = this.nextHandle++;
    await this.ask({ op: 'open', handle, file });
    return handle;
  }

  /** Runs one statement. @throws SqliteError */
  query(handle: number, sql: string, parameters: readonly unknown[]): Promise<SqliteReply> {
    return this.ask({ op: 'query', handle, sql, parameters });
  }

  async close(handle: number): Promise<void> {
    await this.ask({ op: 'close', handle });
  }

  /** Ends the thread; requests still waiting are refused. */
  async end(): Promise<void> {
    await this.worker.terminate();
  }

  private ask(request: Unnumbered): Promise<SqliteReply> {
    if (this.ended) return Promise.reject(this.ended);
    const id = this.nextRequest++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, ...request });
    });
  }

  private settle(reply: SqliteReply): void {
    const waiter = this.waiting.get(reply.id);
    this.waiting.delete(reply.id);
    if (!reply.error) return waiter?.resolve(reply);
    const error = new SqliteError(reply.error.message, reply.error.code);
    const fault = storageFaultOf(error);
    if (fault) this.onFault(fault, error);
    waiter?.reject(error);
  }

  private failAll(error: Error): void {
    this.ended = error;
    for (const waiter of this.waiting.values()) waiter.reject(error);
    this.waiting.clear();
  }
}

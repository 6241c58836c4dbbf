import { Worker } from 'node:worker_threads';
import type { SqliteReply, SqliteRequest } from './sqlite-protocol.js';
import { NOBODY_LISTENS, operationName, storeName, type SqliteListener } from './sqlite-listener.js';
import { storageFaultOf } from './storage-fault.js';
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
  private readonly waiting = new Map<
    number,
    { resolve: (reply: SqliteReply) => void; reject: (error: Error) => void; answered: () => void; file: string }
  >();
  private readonly files = new Map<number, string>();
  private nextRequest = 1;
  private nextHandle = 1;
  private ended: Error | undefined;

  constructor(private readonly listener: SqliteListener = NOBODY_LISTENS) {
    this.worker.on('message', (reply: SqliteReply) => this.settle(reply));
    this.worker.on('error', (error) => this.lose(error as Error));
    this.worker.on('exit', () => this.lose(new Error('the SQLite thread has ended')));
  }

  /** Opens a file (made when missing) and answers the handle to query it with. */
  async open(file: string): Promise<number> {
    const handle = this.nextHandle++;
    this.files.set(handle, file);
    try {
      await this.ask({ op: 'open', handle, file });
    } catch (error) {
      this.files.delete(handle);
      throw error;
    }
    return handle;
  }

  /** Runs one statement. @throws SqliteError */
  query(handle: number, sql: string, parameters: readonly unknown[]): Promise<SqliteReply> {
    return this.ask({ op: 'query', handle, sql, parameters });
  }

  async close(handle: number): Promise<void> {
    await this.ask({ op: 'close', handle });
    this.files.delete(handle);
  }

  /** Ends the thread; requests still waiting are refused. */
  async end(): Promise<void> {
    this.ended ??= new Error('the SQLite thread has ended');
    await this.worker.terminate();
  }

  private ask(request: Unnumbered): Promise<SqliteReply> {
    if (this.ended) return Promise.reject(this.ended);
    const id = this.nextRequest++;
    const asked = performance.now();
    const file = this.files.get(request.handle) ?? 'unknown';
    const answered = (): void =>
      this.listener.answered(
        storeName(file),
        request.op === 'query' ? operationName(request.sql) : request.op,
        (performance.now() - asked) / 1_000,
      );
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject, answered, file });
      this.worker.postMessage({ id, ...request });
    });
  }

  private settle(reply: SqliteReply): void {
    const waiter = this.waiting.get(reply.id);
    this.waiting.delete(reply.id);
    waiter?.answered();
    if (!reply.error) return waiter?.resolve(reply);
    const error = new SqliteError(reply.error.message, reply.error.code);
    const fault = storageFaultOf(error);
    if (fault) this.listener.faulty(fault, error, waiter?.file ?? 'unknown');
    waiter?.reject(error);
  }

  private lose(error: Error): void {
    if (!this.ended) this.listener.lost(error);
    this.ended ??= error;
    for (const waiter of this.waiting.values()) waiter.reject(error);
    this.waiting.clear();
  }
}

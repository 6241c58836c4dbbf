import pg from 'pg';

/** How long a statement may take, and how long one waits for a connection, in milliseconds. */
const STATEMENT_MS = 30_000;
const CONNECT_MS = 5_000;
/** A server that has ended its statement would have said so by then. */
const SILENCE_MS = STATEMENT_MS + 5_000;
/** A transaction whose process says nothing any more holds its locks no longer than this. */
const SILENT_TRANSACTION_MS = 60_000;

/** PostgreSQL's numbers of the types `bigint` and `numeric`. */
const WHOLE_NUMBERS: readonly number[] = [20, 1_700];

/** How many connections there are of a pool, how many of them rest, and how many wait for one. */
export interface PoolLoad {
  readonly connections: number;
  readonly idle: number;
  readonly waiting: number;
}

/** What a pool tells whoever measures it and watches over it. */
export interface PoolListener {
  /** An operation was answered. @param store `platform`, `cases` or `events`. */
  readonly answered: (store: string, operation: string, seconds: number) => void;
  /** A connection that nobody used has ended. */
  readonly disconnected: (store: string, error: Error) => void;
  /** There is a pool, and this tells how it is. */
  readonly opened: (store: string, load: () => PoolLoad) => void;
}

export const NOBODY_LISTENS: PoolListener = { answered: () => undefined, disconnected: () => undefined, opened: () => undefined };

/** Whole numbers come as `number`, as they do from SQLite. @throws RangeError where one has no exact `number`. */
function toNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) throw new RangeError('a number of the database is too large');
  return value;
}

/** Connections to a PostgreSQL database, made when they are needed. One that ended, with its server, is replaced by the next request. */
export class PostgresPool {
  private readonly pool: pg.Pool;

  /**
   * @param store what it is called in metrics.
   * @param most connections at once; who finds none waits for five seconds.
   * @param pipelines whether what is asked of a connection is sent at once, before what was asked earlier is answered.
   */
  constructor(
    readonly store: string,
    url: string,
    most: number,
    readonly listener: PoolListener = NOBODY_LISTENS,
    pipelines = false,
  ) {
    this.pool = new pg.Pool({
      connectionString: url,
      max: most,
      connectionTimeoutMillis: CONNECT_MS,
      statement_timeout: STATEMENT_MS,
      query_timeout: SILENCE_MS,
      idle_in_transaction_session_timeout: SILENT_TRANSACTION_MS,
      keepAlive: true,
      pipeline: pipelines,
      application_name: `gatra ${store}`,
      types: {
        getTypeParser: (type: number, format?: 'text' | 'binary') =>
          WHOLE_NUMBERS.includes(type) ? toNumber : pg.types.getTypeParser(type, format),
      } as pg.CustomTypesConfig,
    });
    this.pool.on('error', (error) => this.listener.disconnected(this.store, error));
    listener.opened(store, () => {
      const { totalCount, idleCount, waitingCount } = this.pool;
      return { connections: totalCount, idle: idleCount, waiting: waitingCount };
    });
  }

  /** A connection of one's own, to be released. @throws where there is none to be had in time. */
  async connect(): Promise<pg.PoolClient> {
    const client = await this.pool.connect();
    client.on('error', noted);
    return client;
  }

  /** Gives a connection back. One that is in doubt is closed: nobody else gets it. */
  release(client: pg.PoolClient, isInDoubt: boolean): void {
    client.off('error', noted);
    client.release(isInDoubt);
  }

  /** Closes the connections; those in use are closed when they are given back. */
  async end(): Promise<void> {
    await this.pool.end();
  }
}

/** A connection that ends while it is in use tells whoever waits for its answer. */
function noted(): void {}

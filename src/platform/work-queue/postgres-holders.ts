import type { OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { Beats } from './beats.js';
import { NumberedHolders } from './numbered-holders.js';
import { withinTime } from './within-time.js';

const BEAT_MS = 5_000;
/** A process whose session has ended may be about to open another. */
const ABSENT_MS = 15_000;
const SILENT_MS = 60_000;
const CONNECT_MS = 5_000;
const END_MS = 1_000;
/** A session's name: which process it is, and how often it has shown itself. PostgreSQL keeps 63 characters of it. */
const NAME = /^gatra-([0-9a-f-]{36})-(\d{1,15})$/;

/**
 * Processes on one PostgreSQL, on any machines, by a session each. Its name tells which process it is and counts its beats. The server ends a session with
 * its process; whoever has seen none for 15 s, or one that has not beaten for a minute, of their own monotonic clock takes the work over.
 */
export class PostgresHolders extends NumberedHolders implements OnApplicationShutdown {
  private readonly beats: Beats;
  private session: Promise<pg.Client> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private count = 0;

  /**
   * @param url of the application's role, not through a pooler that shares sessions out.
   * @param elapsed milliseconds on a clock that is never set.
   */
  constructor(
    private readonly url: string,
    elapsed: () => number = () => performance.now(),
  ) {
    super();
    this.beats = new Beats(elapsed);
  }

  /** Shows that this process still moves; opens its session again where that has ended. */
  async beat(): Promise<void> {
    await this.ask(`SELECT set_config('application_name', $1, false)`, [`gatra-${this.own}-${++this.count}`]);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    const client = await this.session?.catch(() => undefined);
    if (client) await withinTime(END_MS, () => client.end()).catch(() => client.connection.stream.destroy());
  }

  protected async enter(): Promise<void> {
    await this.connected();
    this.timer ??= setInterval(() => void this.beat().catch(() => undefined), BEAT_MS).unref();
  }

  protected async endedAmong(processes: ReadonlySet<string>): Promise<ReadonlySet<string>> {
    const shown = await this.shown();
    const isGone = (process: string): boolean => {
      const count = shown.get(process) ?? null;
      return this.beats.unchangedFor(process, count) > (count === null ? ABSENT_MS : SILENT_MS);
    };
    return new Set([...processes].filter(isGone));
  }

  /** The counts of the processes that have a session. */
  private async shown(): Promise<ReadonlyMap<string, number>> {
    const { rows } = await this.ask<{ name: string }>(
      'SELECT application_name AS name FROM pg_stat_activity WHERE datname = current_database()',
    );
    const shown = new Map<string, number>();
    for (const { name } of rows) {
      const [, process, count] = NAME.exec(name) ?? [];
      // A server that has not noticed the end of a session shows that one too: it is the later count that tells.
      if (process !== undefined) shown.set(process, Math.max(Number(count), shown.get(process) ?? 0));
    }
    return shown;
  }

  /** Asks the session's server. A session that cannot be asked may be one whose other side has gone without a word: the next question opens another. */
  private async ask<Row extends pg.QueryResultRow>(text: string, values: readonly string[] = []): Promise<pg.QueryResult<Row>> {
    const session = this.connected();
    const client = await session;
    try {
      return await client.query<Row>(text, [...values]);
    } catch (error) {
      this.forget(session);
      client.connection.stream.destroy();
      throw error;
    }
  }

  private connected(): Promise<pg.Client> {
    return (this.session ??= this.connect());
  }

  private connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.url,
      application_name: `gatra-${this.own}-${++this.count}`,
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: CONNECT_MS,
      keepAlive: true,
    });
    const session = client.connect().then(() => client);
    const forget = (): void => this.forget(session);
    client.on('error', forget);
    client.on('end', forget);
    session.catch(forget);
    return session;
  }

  /** What ends late may be a session that has been replaced. */
  private forget(session: Promise<pg.Client>): void {
    if (this.session === session) this.session = undefined;
  }
}

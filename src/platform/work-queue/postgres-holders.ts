import { randomUUID } from 'node:crypto';
import type { OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { WorkHolders } from './work-holders.js';

const BEAT_MS = 5_000;
/** A process whose session has ended may be about to open another. */
const ABSENT_MS = 15_000;
const SILENT_MS = 60_000;
const CONNECT_MS = 5_000;
/** A session's name: which process it is, and how often it has shown itself. PostgreSQL keeps 63 characters of it. */
const NAME = /^gatra-([0-9a-f-]{36})-(\d{1,15})$/;

interface Beat {
  /** Null while the process has no session. */
  readonly count: number | null;
  /** On this process's monotonic clock, in milliseconds. */
  readonly since: number;
}

/**
 * Processes on one PostgreSQL, on any machines, by a session each. Its name tells which process it is and counts its beats. The server ends a session with
 * its process; whoever has seen none for 15 s, or one that has not beaten for a minute, of their own monotonic clock takes the work over.
 */
export class PostgresHolders extends WorkHolders implements OnApplicationShutdown {
  private readonly own = randomUUID();
  private readonly claims = new Set<string>();
  private readonly beats = new Map<string, Beat>();
  private session: Promise<pg.Client> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private claimed = 0;
  private count = 0;

  /**
   * @param url of the application's role, not through a pooler that shares sessions out.
   * @param elapsed milliseconds on a clock that is never set.
   */
  constructor(
    private readonly url: string,
    private readonly elapsed: () => number = () => performance.now(),
  ) {
    super();
  }

  async begin(): Promise<string> {
    await this.connected();
    this.timer ??= setInterval(() => void this.beat().catch(() => undefined), BEAT_MS).unref();
    const holder = `${this.own}/${++this.claimed}`;
    this.claims.add(holder);
    return holder;
  }

  end(holder: string): void {
    this.claims.delete(holder);
  }

  async gone(holders: readonly string[]): Promise<readonly string[]> {
    const processOf = (holder: string): string => holder.split('/')[0] ?? '';
    if (holders.some((holder) => processOf(holder) !== this.own)) await this.look(new Set(holders.map(processOf)));
    return holders.filter((holder) => {
      const process = processOf(holder);
      return process === this.own ? !this.claims.has(holder) : this.isGone(process);
    });
  }

  /** Shows that this process still moves; opens its session again where that has ended. */
  async beat(): Promise<void> {
    const client = await this.connected();
    await client.query(`SELECT set_config('application_name', $1, false)`, [`gatra-${this.own}-${++this.count}`]);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    const client = await this.session?.catch(() => undefined);
    await client?.end();
  }

  /** Notes which of these processes show themselves, and since when they do as they do now. */
  private async look(processes: ReadonlySet<string>): Promise<void> {
    const client = await this.connected();
    const { rows } = await client.query<{ name: string }>(
      'SELECT application_name AS name FROM pg_stat_activity WHERE datname = current_database()',
    );
    const shown = new Map<string, number>();
    for (const { name } of rows) {
      const [, process, count] = NAME.exec(name) ?? [];
      if (process !== undefined) shown.set(process, Number(count));
    }
    for (const process of processes) {
      const count = shown.get(process) ?? null;
      if (this.beats.get(process)?.count !== count) this.beats.set(process, { count, since: this.elapsed() });
    }
    for (const process of this.beats.keys()) if (!processes.has(process)) this.beats.delete(process);
  }

  private isGone(process: string): boolean {
    const beat = this.beats.get(process);
    return beat !== undefined && this.elapsed() - beat.since > (beat.count === null ? ABSENT_MS : SILENT_MS);
  }

  private connected(): Promise<pg.Client> {
    this.session ??= this.connect();
    return this.session;
  }

  private async connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.url,
      application_name: `gatra-${this.own}-${++this.count}`,
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: CONNECT_MS,
      keepAlive: true,
    });
    const forget = (): void => {
      this.session = undefined;
    };
    client.on('error', forget);
    client.on('end', forget);
    try {
      await client.connect();
    } catch (error) {
      forget();
      throw error;
    }
    return client;
  }
}

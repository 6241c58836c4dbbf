import pg from 'pg';
import { ANYTHING, ChangeSignal } from './change-signal.js';

const CONNECT_MS = 5_000;
/** How often a session that only listens is asked for a sign of life: one that is dead would look as one on which nothing happens. */
const PULSE_MS = 2_000;

/**
 * The signal over PostgreSQL's LISTEN and NOTIFY, on a session of its own. A message tells at most what to read again, so that a forged one costs a read
 * of the database and says nothing.
 */
export class PostgresChangeSignal extends ChangeSignal {
  private client: pg.Client | undefined;
  private opening: Promise<void> | undefined;
  private pulse: NodeJS.Timeout | undefined;

  /**
   * @param url of the application's role, not through a pooler that shares sessions out.
   * @param channel an identifier.
   */
  constructor(
    private readonly url: string,
    private readonly channel: string,
  ) {
    super();
  }

  get isLive(): boolean {
    return this.client !== undefined;
  }

  listen(listener: (about: string) => void): void {
    const feel = (): void => {
      this.opening ??= this.feel(listener).finally(() => (this.opening = undefined));
    };
    feel();
    this.pulse = setInterval(feel, PULSE_MS).unref();
  }

  send(about: string): void {
    this.client?.query('SELECT pg_notify($1, $2)', [this.channel, about]).catch(() => undefined);
  }

  async end(): Promise<void> {
    clearInterval(this.pulse);
    await this.opening;
    const { client } = this;
    this.client = undefined;
    await client?.end();
  }

  /** Opens a session where there is none, and listens on it. What was sent before is lost, so that the listener is called once. */
  private async begin(listener: (about: string) => void): Promise<void> {
    const client = new pg.Client({
      connectionString: this.url,
      application_name: `${this.channel} listener`,
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: CONNECT_MS,
      keepAlive: true,
    });
    const lose = (): void => {
      if (this.client === client) this.client = undefined;
    };
    client.on('error', lose);
    client.on('end', lose);
    client.on('notification', ({ payload }) => listener(payload || ANYTHING));
    try {
      await client.connect();
      await client.query(`LISTEN ${this.channel}`);
    } catch {
      await client.end().catch(() => undefined);
      return;
    }
    this.client = client;
    listener(ANYTHING);
  }

  /** Opens the session, or asks it for a sign of life. */
  private async feel(listener: (about: string) => void): Promise<void> {
    const { client } = this;
    if (client === undefined) return this.begin(listener);
    await client.query('SELECT 1').catch(() => {
      this.client = undefined;
      return client.end().catch(() => undefined);
    });
  }
}

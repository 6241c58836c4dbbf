import type { TenantId } from '../../contracts/tenant.js';
import type { Principal } from '../auth/principal.js';
import { BEGINNING, type FeedPosition } from './feed-event.js';
import type { FeedJournal } from './feed-journal.js';
import type { FeedType } from './feed-types.js';
import type { SseConnection } from './sse-connection.js';
import { beatFrame, eventFrame, openingFrame, resetFrame, retryFrame } from './sse-frames.js';

/** Who listens, and to what. */
export interface StreamClient {
  readonly tenant: TenantId;
  readonly principal: Principal;
  readonly address: string;
  readonly types: ReadonlySet<FeedType>;
}

/** Why a stream has ended: the client left or was too slow, may not listen any more, or the app stops or cannot read the feed. */
export type StreamEnd = 'gone' | 'slow' | 'credential' | 'tenant' | 'drain' | 'failed';

/** What a stream works with. */
export interface ClientStreamParts {
  readonly client: StreamClient;
  readonly connection: SseConnection;
  readonly journal: Pick<FeedJournal, 'end' | 'holds' | 'after'>;
  readonly retry: number;
  /** Told how many events were sent. */
  readonly sent: (events: number) => void;
}

/**
 * Follows a tenant's feed for one client. It reads on when the client has taken what was sent, so that a slow one costs no memory; everything it has not
 * seen stands in the feed.
 */
export class ClientStream {
  private position: FeedPosition = BEGINNING;
  /** As far as the client knows. */
  private told = 0;
  private ending: StreamEnd | undefined;
  private isStirred = false;
  private wake: () => void = () => undefined;

  constructor(private readonly parts: ClientStreamParts) {
    parts.connection.onClosed(() => this.end('gone'));
  }

  get client(): StreamClient {
    return this.parts.client;
  }

  /**
   * Sends what followed a position and what comes, until the stream ends; answers why it did.
   * @param from null for nobody knows what, as of another feed; `undefined` for now.
   */
  async run(from: FeedPosition | null | undefined): Promise<StreamEnd> {
    const { connection, client, journal, retry } = this.parts;
    const isHeld = from !== null && from !== undefined && (await journal.holds(client.tenant, from));
    this.position = isHeld ? from : await journal.end(client.tenant);
    connection.begin();
    const opening = openingFrame(this.position, client.types, retry);
    await this.send(isHeld || from === undefined ? opening : opening + resetFrame(this.position), this.position);
    while (this.ending === undefined) await this.step();
    return this.ending;
  }

  /** There may be more to read. */
  stir(): void {
    this.isStirred = true;
    this.wake();
  }

  /** Ends it at once; what the client has not taken yet it gets when it resumes. */
  end(reason: StreamEnd): void {
    if (this.ending !== undefined) return;
    this.ending = reason;
    this.parts.connection.end(retryFrame(this.parts.retry));
    this.wake();
  }

  /** Sends a comment where nothing was sent since. @param since monotonic milliseconds. */
  beat(since: number): void {
    const { connection } = this.parts;
    if (connection.lastSent > since || this.ending !== undefined) return;
    void this.send(beatFrame(this.position.seq === this.told ? undefined : this.position), this.position);
  }

  private async step(): Promise<void> {
    const { journal, client, sent } = this.parts;
    this.isStirred = false;
    const { events, isCut } = await journal.after(client.tenant, this.position.seq);
    const last = events.at(-1);
    if (isCut) {
      this.position = await journal.end(client.tenant);
      return this.send(resetFrame(this.position), this.position);
    }
    if (last === undefined) return this.stirred();
    this.position = last;
    const wanted = events.filter(({ type }) => client.types.has(type));
    const newest = wanted.at(-1);
    if (newest === undefined) return;
    sent(wanted.length);
    await this.send(wanted.map(eventFrame).join(''), newest);
  }

  /** @param position that the client knows by it. */
  private async send(text: string, { seq }: FeedPosition): Promise<void> {
    this.told = seq;
    const sent = await this.parts.connection.send(text);
    if (sent !== 'sent') this.end(sent);
  }

  private async stirred(): Promise<void> {
    if (this.isStirred || this.ending !== undefined) return;
    await new Promise<void>((resolve) => (this.wake = resolve));
  }
}

import { get, type IncomingMessage } from 'node:http';
import { eventually } from './eventually.js';

/** A server-sent event, as it came. */
export interface StreamEvent {
  readonly id: string;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** How a stream is asked for. */
export interface StreamOptions {
  readonly token: string;
  readonly lastEventId?: string | undefined;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A client of the stream that notes what it is sent, as browsers read it (WHATWG HTML §9.2.6). */
export class EventStream {
  readonly events: StreamEvent[] = [];
  readonly headers: IncomingMessage['headers'];
  readonly status: number;
  /** What one would resume after: as it was given, until something comes. */
  lastEventId: string;
  comments = 0;
  retry: number | undefined;
  isOver = false;
  private rest = '';

  private constructor(
    private readonly answer: IncomingMessage,
    lastEventId: string,
  ) {
    this.lastEventId = lastEventId;
    this.headers = answer.headers;
    this.status = answer.statusCode ?? 0;
    answer.setEncoding('utf8');
    answer.on('data', (text: string) => this.read(text));
    answer.on('close', () => (this.isOver = true)).on('error', () => undefined);
  }

  /** Resolves once the headers of the answer are there. */
  static open(baseUrl: string, { token, lastEventId, query = '', headers = {} }: StreamOptions): Promise<EventStream> {
    const resumed = lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId };
    const all = { Accept: 'text/event-stream', Authorization: `Bearer ${token}`, ...resumed, ...headers };
    return new Promise((resolve, reject) => {
      get(`${baseUrl}/api/v1/stream${query}`, { agent: false, headers: all }, (answer) =>
        resolve(new EventStream(answer, lastEventId ?? '')),
      ).once('error', reject);
    });
  }

  /** What happened, without the words about the stream itself. */
  get changes(): readonly StreamEvent[] {
    return this.events.filter(({ event }) => event !== 'open' && event !== 'reset');
  }

  /** Types and what one says of each: `alert.raised new`. */
  get told(): readonly string[] {
    return this.changes.map(({ event, data }) => `${event} ${String(data['status'])}`);
  }

  async until(holds: (stream: this) => boolean, patienceMs?: number): Promise<void> {
    await eventually(() => {
      if (!holds(this)) throw new Error(`not yet: ${JSON.stringify(this.told.slice(-20))}`);
    }, patienceMs);
  }

  /** Takes nothing any more of what is sent. */
  pause(): void {
    this.answer.pause();
  }

  resume(): void {
    this.answer.resume();
  }

  close(): void {
    this.answer.destroy();
  }

  private read(text: string): void {
    const blocks = (this.rest + text).split('\n\n');
    this.rest = blocks.pop() ?? '';
    for (const block of blocks) this.take(block);
  }

  private take(block: string): void {
    const fields = new Map(block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]));
    if (fields.has('')) this.comments += 1;
    if (fields.has('retry')) this.retry = Number(fields.get('retry'));
    this.lastEventId = fields.get('id') ?? this.lastEventId;
    const data = fields.get('data');
    if (data === undefined) return;
    this.events.push({ id: this.lastEventId, event: fields.get('event') ?? '', data: JSON.parse(data) as StreamEvent['data'] });
  }
}

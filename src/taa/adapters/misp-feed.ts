import { UnusableAnswer } from '../../platform/outbound/unusable-answer.js';
import { type FeedContent, MOST_FEED_BYTES, ThreatIntelFeed } from '../domain/threat-intel-feed.js';
import type { FeedRequests } from './feed-requests.js';

const MOST_EVENTS = 2_000;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** An event as it was read last. */
interface KnownEvent {
  readonly timestamp: string;
  readonly text: string;
}

/**
 * A feed of MISP: a directory on a server with `manifest.json` and a file an event. Of its events the 2,000 changed last are taken, and those that have not
 * changed are not read again.
 */
export class MispFeed extends ThreatIntelFeed {
  private known = new Map<string, KnownEvent>();

  /** @param directory URL of the directory that holds the manifest. */
  constructor(
    readonly name: string,
    private readonly directory: URL,
    private readonly requests: FeedRequests,
    private readonly mostBytes = MOST_FEED_BYTES,
  ) {
    super();
  }

  async read(known: string | null, signal: AbortSignal): Promise<FeedContent | undefined> {
    const manifest = await this.get('manifest.json', signal);
    const listed = eventsOf(manifest);
    const version = listed.map(({ uuid, timestamp }) => `${uuid} ${timestamp}`).join('\n');
    if (version === known) return undefined;
    const events = new Map<string, KnownEvent>();
    let bytes = 0;
    for (const { uuid, timestamp } of listed) {
      const before = this.known.get(uuid);
      const text = before?.timestamp === timestamp ? before.text : await this.get(`${uuid}.json`, signal);
      if ((bytes += text.length) > this.mostBytes) throw new UnusableAnswer(`the events together are larger than ${this.mostBytes} bytes`);
      events.set(uuid, { timestamp, text });
    }
    this.known = events;
    return { text: `{"response":[${[...events.values()].map(({ text }) => text).join(',')}]}`, version };
  }

  private async get(file: string, signal: AbortSignal): Promise<string> {
    const url = new URL(this.directory);
    url.pathname = `${url.pathname.replace(/\/$/, '')}/${file}`;
    const { body } = await this.requests.get({ url, accept: 'application/json', signal });
    return body;
  }
}

/** The events that a manifest lists, those changed last first. @throws UnusableAnswer where it is none, or lists something else. */
function eventsOf(text: string): { uuid: string; timestamp: string }[] {
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch {
    throw new UnusableAnswer('the manifest is not JSON');
  }
  if (typeof manifest !== 'object' || manifest === null || Array.isArray(manifest)) throw new UnusableAnswer('the manifest is no object');
  const entries = Object.entries(manifest as Record<string, { timestamp?: unknown } | null>);
  const events = entries.filter(([uuid]) => UUID.test(uuid)).map(([uuid, entry]) => ({ uuid, timestamp: String(entry?.timestamp) }));
  if (events.length === 0 && entries.length > 0) throw new UnusableAnswer('the manifest lists no events');
  return events.toSorted((a, b) => Number(b.timestamp) - Number(a.timestamp) || (a.uuid < b.uuid ? -1 : 1)).slice(0, MOST_EVENTS);
}

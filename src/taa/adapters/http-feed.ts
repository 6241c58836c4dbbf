import { type FeedContent, type FeedReader, ThreatIntelFeed } from '../domain/threat-intel-feed.js';
import { readIndicatorDocument } from '../domain/indicator-document.js';
import type { FeedRequests } from './feed-requests.js';

const ACCEPT = 'application/stix+json, application/json, text/csv;q=0.9, text/plain;q=0.9, */*;q=0.1';

/** A feed that is one document on a server, read over http or https. Unchanged content is not sent again (`ETag`, RFC 9110 section 13.1.2). */
export class HttpFeed extends ThreatIntelFeed {
  constructor(
    readonly name: string,
    private readonly url: URL,
    private readonly requests: FeedRequests,
    override readonly reader: FeedReader = readIndicatorDocument,
  ) {
    super();
  }

  async read(known: string | null, signal: AbortSignal): Promise<FeedContent | undefined> {
    const headers = known === null ? {} : { 'if-none-match': known };
    const { status, headers: answered, body } = await this.requests.get({ url: this.url, accept: ACCEPT, headers, signal });
    if (status === 304 && known !== null) return undefined;
    return { text: body, version: answered.etag ?? null };
  }
}

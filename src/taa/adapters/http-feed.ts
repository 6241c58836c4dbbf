import type { OutboundPolicies } from '../../platform/resilience/outbound-policies.js';
import type { OutboundPolicy } from '../../platform/resilience/outbound-policy.js';
import { UnwelcomeStatus } from '../../platform/resilience/verdict.js';
import { hostOf } from '../../platform/outbound/check-outbound-url.js';
import type { OutboundHttp } from '../../platform/outbound/outbound-http.js';
import { type FeedContent, MOST_FEED_BYTES, ThreatIntelFeed } from '../domain/threat-intel-feed.js';

/**
 * A feed on a server, read over http or https. Its host is the operator's word and may be an internal one; redirects are not followed. Unchanged content
 * is not sent again (`ETag`, RFC 9110 section 13.1.2).
 */
export class HttpFeed extends ThreatIntelFeed {
  private readonly policy: OutboundPolicy;

  constructor(
    readonly name: string,
    private readonly url: URL,
    private readonly outbound: OutboundHttp,
    policies: OutboundPolicies,
    private readonly mostBytes = MOST_FEED_BYTES,
  ) {
    super();
    this.policy = policies.dependency('intel', `intel ${name}`).policy();
  }

  async read(known: string | null, signal: AbortSignal): Promise<FeedContent | undefined> {
    return this.policy.execute((attemptSignal, attempt) => this.fetch(known, attemptSignal, attempt), { isRepeatable: true, signal });
  }

  private async fetch(known: string | null, signal: AbortSignal, attempt: number): Promise<FeedContent | undefined> {
    const { username, password } = this.url;
    const address = new URL(this.url);
    address.username = address.password = '';
    const credential = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
    const { status, headers, body } = await this.outbound.send({
      url: address.href,
      method: 'GET',
      headers: {
        accept: 'application/stix+json, application/json, text/plain;q=0.9, */*;q=0.1',
        ...(known === null ? {} : { 'if-none-match': known }),
        ...(username === '' ? {} : { authorization: `Basic ${credential}` }),
      },
      signal,
      attempt,
      mostBytes: this.mostBytes,
      allow: [hostOf(address)],
    });
    if (status === 304 && known !== null) return undefined;
    if (status < 200 || status > 299) throw new UnwelcomeStatus(status, headers['retry-after']);
    return { text: body, version: headers.etag ?? null };
  }
}

import type { IncomingHttpHeaders } from 'node:http';
import { hostOf } from '../../platform/outbound/check-outbound-url.js';
import type { OutboundHttp } from '../../platform/outbound/outbound-http.js';
import type { OutboundPolicies } from '../../platform/resilience/outbound-policies.js';
import type { OutboundPolicy } from '../../platform/resilience/outbound-policy.js';
import { UnwelcomeStatus } from '../../platform/resilience/verdict.js';
import { MOST_FEED_BYTES } from '../domain/threat-intel-feed.js';

/** The value of the header `Authorization`, asked for anew before each request; `undefined` where there is none. */
export type Authorization = () => Promise<string | undefined>;

export interface FeedRequest {
  readonly url: URL;
  readonly accept: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export interface FeedAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/**
 * Requests to the server of one feed, under one policy. Its host is the operator's word and may be an internal one; redirects are not followed. A user name
 * and password in the URL are sent in the header only.
 */
export class FeedRequests {
  private readonly policy: OutboundPolicy;

  constructor(
    name: string,
    private readonly outbound: OutboundHttp,
    policies: OutboundPolicies,
    private readonly authorization: Authorization = async () => undefined,
    private readonly mostBytes = MOST_FEED_BYTES,
  ) {
    this.policy = policies.dependency('intel', `intel ${name}`).policy();
  }

  /** @throws UnwelcomeStatus for an answer that is neither 2xx nor 304; Error of the connection, of time, or of an answer too large. */
  get(request: FeedRequest): Promise<FeedAnswer> {
    const attempt = (signal: AbortSignal, number: number): Promise<FeedAnswer> => this.send({ ...request, signal }, number);
    return this.policy.execute(attempt, { isRepeatable: true, signal: request.signal });
  }

  private async send({ url, accept, headers, signal }: FeedRequest, attempt: number): Promise<FeedAnswer> {
    const { username, password } = url;
    const address = new URL(url);
    address.username = address.password = '';
    const own = username === '' ? undefined : basicAuthorization(decodeURIComponent(username), decodeURIComponent(password));
    const authorization = own ?? (await this.authorization());
    const answer = await this.outbound.send({
      url: address.href,
      method: 'GET',
      headers: { accept, ...headers, ...(authorization === undefined ? {} : { authorization }) },
      signal,
      attempt,
      mostBytes: this.mostBytes,
      allow: [hostOf(address)],
    });
    const { status } = answer;
    if (status !== 304 && (status < 200 || status > 299)) throw new UnwelcomeStatus(status, answer.headers['retry-after']);
    return answer;
  }
}

/** RFC 7617 section 2. */
export function basicAuthorization(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

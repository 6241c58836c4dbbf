import {
  type CircuitBreakerPolicy,
  ConsecutiveBreaker,
  ExponentialBackoff,
  type IPolicy,
  circuitBreaker,
  handleAll,
  retry,
  wrap,
} from 'cockatiel';
import type { Metrics } from '../../platform/observability/metrics.js';
import { BREAKER_CLOSED, breakerMetric } from '../../platform/resilience/breaker-metric.js';
import { hostOf } from '../../platform/outbound/check-outbound-url.js';
import type { OutboundHttp } from '../../platform/outbound/outbound-http.js';
import { type FeedContent, MOST_FEED_BYTES, ThreatIntelFeed } from '../domain/threat-intel-feed.js';

export interface HttpFeedOptions {
  readonly timeoutMs?: number;
  readonly mostBytes?: number;
  readonly attempts?: number;
  readonly firstDelayMs?: number;
  /** How long the circuit stays open. */
  readonly openMs?: number;
}

const DEFAULTS: Required<HttpFeedOptions> = {
  timeoutMs: 30_000,
  mostBytes: MOST_FEED_BYTES,
  attempts: 3,
  firstDelayMs: 500,
  openMs: 60_000,
};
const FAILURES_TO_OPEN = 6;

/**
 * A feed on a server, read over http or https. Its host is the operator's word and may be an internal one; redirects are not followed. Unchanged content is not sent again (`ETag`, RFC 9110 section 13.1.2). A failing read is tried
 * again with growing delays; after six failures in a row the circuit opens, and reading fails at once for a minute.
 */
export class HttpFeed extends ThreatIntelFeed {
  private readonly options: Required<HttpFeedOptions>;
  private readonly breaker: CircuitBreakerPolicy;
  private readonly policy: IPolicy;

  constructor(
    readonly name: string,
    private readonly url: URL,
    private readonly outbound: OutboundHttp,
    metrics: Metrics,
    options: HttpFeedOptions = {},
  ) {
    super();
    this.options = { ...DEFAULTS, ...options };
    this.breaker = circuitBreaker(handleAll, { halfOpenAfter: this.options.openMs, breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN) });
    const gauge = metrics.circuitBreakerState.labels(`intel ${this.name}`);
    gauge.set(BREAKER_CLOSED);
    this.breaker.onStateChange((state) => gauge.set(breakerMetric(state)));
    const backoff = new ExponentialBackoff({ initialDelay: this.options.firstDelayMs, maxDelay: 10_000 });
    this.policy = wrap(retry(handleAll, { maxAttempts: this.options.attempts - 1, backoff }), this.breaker);
  }

  async read(known: string | null, signal: AbortSignal): Promise<FeedContent | undefined> {
    return this.policy.execute(async ({ signal: attempt }) => this.fetch(known, attempt), signal);
  }

  private async fetch(known: string | null, signal: AbortSignal): Promise<FeedContent | undefined> {
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
      signal: AbortSignal.any([signal, AbortSignal.timeout(this.options.timeoutMs)]),
      mostBytes: this.options.mostBytes,
      allow: [hostOf(address)],
    });
    if (status === 304 && known !== null) return undefined;
    if (status < 200 || status > 299) throw new Error(`the server answered ${status}`);
    return { text: body, version: headers.etag ?? null };
  }
}

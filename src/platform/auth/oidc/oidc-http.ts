import { hostOf } from '../../outbound/check-outbound-url.js';
import type { OutboundHttp } from '../../outbound/outbound-http.js';

const MOST_BYTES = 256 * 1024;
const TIMEOUT_MS = 3_000;

/** Reads documents of identity providers: three seconds and 256 KiB at most, no redirects. */
export class OidcHttp {
  constructor(
    private readonly outbound: OutboundHttp,
    private readonly timeoutMs = TIMEOUT_MS,
  ) {}

  /**
   * The JSON document at a URL.
   * @param issuer the operator's word: its host may be an internal one.
   * @throws Error where there is none, in time and in bounds.
   */
  async getJson(url: string, issuer: string, signal: AbortSignal): Promise<unknown> {
    const { status, body } = await this.outbound.send({
      url,
      method: 'GET',
      headers: { Accept: 'application/json, application/jwk-set+json' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(this.timeoutMs)]),
      mostBytes: MOST_BYTES,
      allow: [hostOf(new URL(issuer))],
    });
    if (status !== 200) throw new Error(`the identity provider answered ${status}`);
    return JSON.parse(body) as unknown;
  }
}

import dns from 'node:dns';
import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { NoTracing } from '../observability/tracing/no-tracing.js';
import type { Tracing } from '../observability/tracing/tracing.js';
import { addressFault, readAllowance } from './allowance.js';
import { checkOutboundUrl, hostOf, type OutboundFault } from './check-outbound-url.js';
import { UnusableAnswer } from './unusable-answer.js';

/** A call to a place that somebody else has named. */
export interface OutboundRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** Most bytes of the answer's body; without, the body is not read. */
  readonly mostBytes?: number;
  /** Which attempt at the same call this is, from 1 on. */
  readonly attempt?: number;
  /** What this call may reach besides what every call may: address blocks (CIDR) and host names. */
  readonly allow?: readonly string[];
}

export interface OutboundAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A call that was refused here, before anything was sent. */
export class OutboundRefused extends Error {
  override readonly name = 'OutboundRefused';
  constructor(readonly fault: OutboundFault) {
    super(`the URL ${fault.detail}`);
  }
}

const AGENT_OPTIONS = { keepAlive: false, maxSockets: 256 } as const;
const MAX_HEADER_BYTES = 16 * 1024;

/**
 * Calls that leave to URLs which tenants or configuration name. The address that is connected to is checked at that moment: a name that resolves
 * to an address which is neither public nor allowed is refused, whatever it resolved to before. Redirects are not followed, certificates are
 * verified (TLS 1.2 or later), proxies from the environment are not used, answers are bounded.
 */
export class OutboundHttp {
  private readonly plain = new http.Agent(AGENT_OPTIONS);
  private readonly secure = new https.Agent({ ...AGENT_OPTIONS, minVersion: 'TLSv1.2', rejectUnauthorized: true });

  /**
   * @param allow address blocks (CIDR) and host names that are not public and may be called.
   * @param resolve how names are resolved.
   * @param tracing where each call is a span; of its URL nothing is kept, as paths may be secrets.
   * @param context headers of the work under way, which every call carries unless it names them itself.
   */
  constructor(
    private readonly allow: readonly string[],
    private readonly resolve: LookupFunction = dns.lookup as LookupFunction,
    private readonly context: () => Readonly<Record<string, string>> = () => ({}),
    private readonly tracing: Tracing = new NoTracing(),
  ) {}

  /** Why a URL will be refused, as far as its text tells. */
  fault(url: string, allow: readonly string[] = []): OutboundFault | undefined {
    const checked = checkOutboundUrl(url, readAllowance([...this.allow, ...allow]));
    return 'fault' in checked ? checked.fault : undefined;
  }

  /** @throws OutboundRefused; Error of the connection, of its certificate, of the signal, or for an answer beyond its bounds. */
  send(request: OutboundRequest): Promise<OutboundAnswer> {
    const { method, attempt = 1 } = request;
    const resent = attempt > 1 ? { 'http.request.resend_count': attempt - 1 } : {};
    const start = { name: method, kind: 'client', attributes: { 'http.request.method': method, ...resent } } as const;
    return this.tracing.span(start, async (span) => {
      const answer = await this.exchange(request);
      span.set({ 'http.response.status_code': answer.status });
      return answer;
    });
  }

  private async exchange(request: OutboundRequest): Promise<OutboundAnswer> {
    const response = await this.connect(request);
    const { statusCode: status = 0, headers } = response;
    if (request.mostBytes === undefined) {
      response.destroy();
      return { status, headers, body: '' };
    }
    return { status, headers, body: await readText(response, request.mostBytes) };
  }

  private connect({ url: text, method, headers, body, signal, allow = [] }: OutboundRequest): Promise<IncomingMessage> {
    const allowance = readAllowance([...this.allow, ...allow]);
    const checked = checkOutboundUrl(text, allowance);
    if ('fault' in checked) throw new OutboundRefused(checked.fault);
    const { url } = checked;
    const lookup = this.guarded((address) => addressFault(address, hostOf(url), allowance));
    const isSecure = url.protocol === 'https:';
    const options = {
      method,
      headers: {
        ...this.contextBeside(headers),
        ...headers,
        ...(body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }),
      },
      agent: isSecure ? this.secure : this.plain,
      lookup,
      signal,
      maxHeaderSize: MAX_HEADER_BYTES,
    };
    return new Promise((resolve, reject) => {
      const sent = (isSecure ? https : http).request(url, options, resolve);
      sent.on('error', reject);
      sent.end(body);
    });
  }

  private contextBeside(named: Readonly<Record<string, string>>): Record<string, string> {
    const taken = new Set(Object.keys(named).map((name) => name.toLowerCase()));
    return Object.fromEntries(Object.entries(this.context()).filter(([name]) => !taken.has(name.toLowerCase())));
  }

  /** The resolver, which answers no address that may not be connected to. */
  private guarded(faultOf: (address: string) => string | undefined): LookupFunction {
    return (hostname, options, callback) =>
      this.resolve(hostname, options, (error, found, family) => {
        const addresses = typeof found === 'string' ? [found] : (found ?? []).map(({ address }) => address);
        const fault = error ? undefined : addresses.map(faultOf).find((each) => each !== undefined);
        if (fault === undefined) return callback(error, found, family);
        const detail = `must not name a host whose address ${fault}, unless it is allowed (OUTBOUND_ALLOW)`;
        callback(new OutboundRefused({ code: 'address_refused', detail }), '', 0);
      });
  }
}

async function readText(response: IncomingMessage, mostBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new UnusableAnswer(`the answer is larger than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

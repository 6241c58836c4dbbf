import type { TenantId } from '../../contracts/tenant.js';
import { currentSpan } from '../observability/tracing/active-span.js';
import { UnusableAnswer } from '../outbound/unusable-answer.js';
import { deadlineHeader, type Deadline } from '../resilience/deadline.js';
import { isRepeatable } from '../resilience/is-repeatable.js';
import type { OutboundPolicies } from '../resilience/outbound-policies.js';
import { FAILURE, isPassingStatus, judgeHttp, UnwelcomeStatus, type Verdict } from '../resilience/verdict.js';
import { SignatureRefused } from './domain/signature-refused.js';
import type { ServiceName } from './service-name.js';
import type { ServiceSigner, SignatureForm } from './service-signer.js';

const LARGEST_ANSWER = 16 * 1024 * 1024;

/** For whom and in the course of what a service calls another. */
export interface CallContext {
  readonly tenant: TenantId;
  readonly correlationId: string;
  /** W3C trace context; that of the work under way where it is left out. */
  readonly traceparent?: string;
}

/** A call to another service. */
export interface ServiceCall {
  readonly receiver: ServiceName;
  readonly url: URL;
  /** Sent as JSON. */
  readonly body: unknown;
  /** Makes a call safe to repeat; each repetition is signed anew. */
  readonly idempotencyKey?: string;
  readonly timeoutMs: number;
  readonly form?: SignatureForm;
}

/** What another service answered. */
export interface ServiceAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The JSON of the answer; `undefined` where there is none. */
  readonly body: unknown;
}

/** Another service gave no answer that can be used. */
export class ServiceCallFailed extends Error {
  override readonly name = 'ServiceCallFailed';
}

/** An answer after which the message may be sent again, or the service is in trouble. */
class TroubledService extends UnwelcomeStatus {
  constructor(readonly answer: ServiceAnswer) {
    super(answer.status, answer.headers.get('retry-after'));
  }
}

/** What a service says of its own state. Others tell of what is behind it, which it has tried again itself: only the layer just above a failure does. */
const OWN_TROUBLE: ReadonlySet<number> = new Set([408, 425, 429, 503]);

function judge(error: unknown): Verdict {
  return error instanceof TroubledService && !OWN_TROUBLE.has(error.status) ? FAILURE : judgeHttp(error);
}

/** Calls other services: signed, for one tenant, in time. It follows no redirects, as a signature is for one receiver. */
export class SignedHttpClient {
  /** @param deadline of the work under way, which goes along */
  constructor(
    private readonly signer: ServiceSigner,
    private readonly policies: OutboundPolicies,
    private readonly deadline: () => Deadline | undefined = () => undefined,
  ) {}

  /**
   * Posts a call; again where it failed in passing and has an idempotency key.
   * @throws ServiceCallFailed where there is no answer in time, or none that can be read.
   */
  async post(call: ServiceCall, context: CallContext): Promise<ServiceAnswer> {
    const body = Buffer.from(JSON.stringify(call.body));
    const headers = headersOf(call, context);
    const policy = this.policies.dependency('service', `service ${call.receiver}`, judge).policy();
    const options = { isRepeatable: isRepeatable('POST', headers), attemptMs: call.timeoutMs };
    try {
      return await policy.execute((signal) => this.send(call, headers, body, signal), options);
    } catch (error) {
      if (error instanceof TroubledService) return error.answer;
      if (error instanceof SignatureRefused) throw error;
      throw new ServiceCallFailed(`no answer from ${call.receiver}`, { cause: error });
    }
  }

  private async send(
    call: ServiceCall,
    named: Record<string, string>,
    body: Buffer<ArrayBuffer>,
    signal: AbortSignal,
  ): Promise<ServiceAnswer> {
    const headers = { ...named, ...deadlineHeader(call.timeoutMs, this.deadline(), performance.now()) };
    const signature = this.signer.sign({ method: 'POST', url: call.url, headers, body }, call.receiver, call.form);
    const response = await fetch(call.url, { method: 'POST', headers: { ...headers, ...signature }, body, redirect: 'error', signal });
    const text = await readText(response);
    const answer = { status: response.status, headers: response.headers, body: readJson(text) };
    if (answer.status >= 500 || isPassingStatus(answer.status)) throw new TroubledService(answer);
    return answer;
  }
}

function readJson(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UnusableAnswer('the answer is not JSON', { cause: error });
  }
}

function headersOf(
  { idempotencyKey }: ServiceCall,
  { tenant, correlationId, traceparent = currentSpan()?.traceparent }: CallContext,
): Record<string, string> {
  return {
    'Content-Type': 'application/json',
    'X-Tenant-ID': tenant,
    'X-Correlation-ID': correlationId,
    ...(traceparent ? { traceparent } : {}),
    ...(idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey }),
  };
}

async function readText(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of answer.body ?? []) {
    length += chunk.length;
    if (length > LARGEST_ANSWER) throw new UnusableAnswer(`more than ${LARGEST_ANSWER} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

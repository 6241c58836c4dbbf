import type { TenantId } from '../../contracts/tenant.js';
import { currentSpan } from '../observability/tracing/active-span.js';
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

/** Calls other services: signed, for one tenant, in time. It follows no redirects, as a signature is for one receiver. */
export class SignedHttpClient {
  constructor(private readonly signer: ServiceSigner) {}

  /** Posts a call once. @throws ServiceCallFailed where there is no answer in time, or none that can be read. */
  async post(call: ServiceCall, context: CallContext): Promise<ServiceAnswer> {
    const body = Buffer.from(JSON.stringify(call.body));
    const headers = headersOf(call, context);
    const signature = this.signer.sign({ method: 'POST', url: call.url, headers, body }, call.receiver, call.form);
    try {
      const signal = AbortSignal.timeout(call.timeoutMs);
      const answer = await fetch(call.url, { method: 'POST', headers: { ...headers, ...signature }, body, redirect: 'error', signal });
      const text = await readText(answer);
      return { status: answer.status, headers: answer.headers, body: text === '' ? undefined : JSON.parse(text) };
    } catch (error) {
      throw new ServiceCallFailed(`no answer from ${call.receiver}`, { cause: error });
    }
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
    if (length > LARGEST_ANSWER) throw new Error(`more than ${LARGEST_ANSWER} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

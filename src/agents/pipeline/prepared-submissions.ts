import { createHash } from 'node:crypto';
import { EnvelopeError } from '../../events/envelope-error.js';
import type { EventSlice } from '../../events/event-slice.js';
import { splitEnvelope } from '../../events/split-envelope.js';
import { splitLines } from '../../events/split-lines.js';
import type { IdempotencyClaim } from '../../mssp/ingest/domain/event-batch-request.js';
import type { EventStore } from '../../mssp/ingest/domain/event-store.js';
import { declaredFormat, RefusedSubmission, type DeclaredFormat } from '../../mssp/ingest/domain/submission.js';
import type { Prepared, PrepareRequest } from './pipeline-protocol.js';

/** A submission that was taken apart and waits to be admitted. */
export interface PreparedSubmission {
  readonly body: Buffer;
  readonly slices: readonly EventSlice[];
  readonly declared: DeclaredFormat;
  readonly idempotency: IdempotencyClaim | undefined;
}

/** Submissions between their being counted and their being admitted. The main thread bounds how many there are. */
export class PreparedSubmissions {
  private readonly waiting = new Map<number, PreparedSubmission>();
  private nextTicket = 1;

  constructor(
    private readonly store: EventStore,
    private readonly maxEvents: number,
  ) {}

  /**
   * Counts a submission's events and looks its idempotency key up.
   * @throws RefusedSubmission for a body that cannot be taken apart and for a key that stands for another body.
   */
  async prepare(request: PrepareRequest): Promise<Prepared> {
    const body = Buffer.from(request.body.buffer, request.body.byteOffset, request.body.byteLength);
    const { slices, source } = takeApart(body, request, this.maxEvents);
    const declared = declaredFormat(source.name, source.pointer);
    const idempotency = claim(body, request, declared);
    const earlier = idempotency && (await this.store.answerTo(request.tenant, idempotency.key, request.receivedAt));
    if (earlier && earlier.digest === idempotency.digest) return { kind: 'replay', answer: earlier.answer };
    if (earlier) throw new RefusedSubmission('key_reused', 'Use a new Idempotency-Key for a new request.');
    checkCount(slices.length, this.maxEvents);
    const ticket = this.nextTicket++;
    this.waiting.set(ticket, { body, slices, declared, idempotency });
    return { kind: 'ready', ticket, events: slices.length };
  }

  /** Hands a prepared submission over, once. */
  take(ticket: number): PreparedSubmission {
    const prepared = this.waiting.get(ticket);
    this.waiting.delete(ticket);
    if (!prepared) throw new Error('no submission waits under this ticket');
    return prepared;
  }

  forget(ticket: number): void {
    this.waiting.delete(ticket);
  }
}

/** @throws RefusedSubmission where there are no events, or too many. */
export function checkCount(events: number, most: number): void {
  if (events === 0) {
    throw new RefusedSubmission('invalid', 'Send at least one event.', [
      { pointer: '/events', code: 'empty', detail: 'there are no events in the request' },
    ]);
  }
  if (events > most) throw tooMany(most);
}

function tooMany(most: number): RefusedSubmission {
  return new RefusedSubmission('too_many', `Send at most ${most} events in one request.`);
}

interface NamedSource {
  readonly name: string | undefined;
  readonly pointer: string;
}

/** Finds the events in a body. @throws RefusedSubmission where it cannot be taken apart. */
export function takeApart(
  body: Buffer,
  { form, source }: Pick<PrepareRequest, 'form' | 'source'>,
  most: number,
): { readonly slices: readonly EventSlice[]; readonly source: NamedSource } {
  if (form === 'lines') return { slices: splitLines(body, most), source: { name: source, pointer: 'source' } };
  try {
    const envelope = splitEnvelope(body, most);
    const named = envelope.source === undefined ? { name: source, pointer: 'source' } : { name: envelope.source, pointer: '/source' };
    return { slices: envelope.slices, source: named };
  } catch (error) {
    if (!(error instanceof EnvelopeError)) throw error;
    const { code, detail, pointer } = error;
    if (code === 'too_many') throw tooMany(most);
    const reason = code === 'malformed_json' ? 'malformed' : 'invalid';
    throw new RefusedSubmission(reason, 'Correct the envelope: {"source": …, "events": […]}.', [{ pointer, code, detail }]);
  }
}

/** The digest covers what was sent and how it is to be read. */
function claim(body: Buffer, { idempotencyKey: key, form }: PrepareRequest, declared: DeclaredFormat): IdempotencyClaim | undefined {
  if (key === undefined) return undefined;
  return { key, digest: createHash('sha256').update(`${form}\n${declared}\n`).update(body).digest('base64url') };
}

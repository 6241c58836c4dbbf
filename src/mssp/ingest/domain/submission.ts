import type { EventNames } from './event-names.js';
import { EVENT_FORMATS, type EventFormat } from '../../../contracts/security-event.js';

/** The format that a sender names; `auto` goes by each event's shape. */
export type DeclaredFormat = EventFormat | 'auto';

/** A request body on its way in, decompressed. */
export interface Submission {
  /** Owns all of its memory, so that it can be handed to another thread. */
  readonly body: Uint8Array<ArrayBuffer>;
  /** `envelope`: `{"source": …, "events": […]}`; `lines`: one event a line. */
  readonly form: 'envelope' | 'lines';
  /** `?source=`; an envelope that names its own source overrules it. */
  readonly source: string | undefined;
  readonly correlationId: string;
  readonly idempotencyKey: string | undefined;
  /** Arrival, milliseconds since the epoch. */
  readonly receivedAt: number;
  /** What the events are called that their sources give no name. */
  readonly names?: EventNames | undefined;
}

/** One fault of a body: a JSON Pointer or parameter name, a code, and what to do. */
export interface SubmissionFault {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

/** Why a submission is refused as a whole. */
export type RefusalReason = 'malformed' | 'invalid' | 'too_many' | 'key_reused' | 'in_progress' | 'busy';

/** A submission that is refused as a whole; nothing of it is stored. */
export class RefusedSubmission extends Error {
  override readonly name = 'RefusedSubmission';

  constructor(
    readonly reason: RefusalReason,
    readonly detail: string,
    readonly faults: readonly SubmissionFault[] = [],
  ) {
    super(detail);
  }
}

/**
 * The format that a sender named.
 * @throws RefusedSubmission where there is no such format.
 */
export function declaredFormat(source: string | undefined, pointer: string): DeclaredFormat {
  if (source === undefined || source === 'auto') return 'auto';
  const format = EVENT_FORMATS.find((known) => known === source);
  if (format) return format;
  throw new RefusedSubmission('invalid', 'Name a known source, or leave it out.', [
    { pointer, code: 'unknown_source', detail: `must be auto or one of ${EVENT_FORMATS.join(', ')}` },
  ]);
}

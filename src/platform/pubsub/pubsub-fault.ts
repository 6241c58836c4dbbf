import { OutboundUnavailable } from '../resilience/outbound-unavailable.js';
import { FAILURE, PASSING_FAILURE, type Verdict } from '../resilience/verdict.js';

const UNKNOWN = 2;
const DEADLINE_EXCEEDED = 4;
const UNAVAILABLE = 14;
/** gRPC: there is no such topic or subscription. */
export const NOT_FOUND = 5;
/** gRPC: somebody has made it already. */
export const ALREADY_EXISTS = 6;
/** gRPC statuses after which the same call may work: DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, INTERNAL, UNAVAILABLE. */
const PASSING: ReadonlySet<number> = new Set([DEADLINE_EXCEEDED, 8, 10, 13, UNAVAILABLE]);
/** gRPC statuses that say nothing of what was sent: somebody has to set something right, or to wait. */
const NOT_OF_THE_CONTENT: ReadonlySet<number> = new Set([...PASSING, 1, UNKNOWN, NOT_FOUND, 7, 9, 12, 16]);
const REASONS: Readonly<Record<number, string>> = {
  3: 'is refused as it is',
  4: 'is not answered in time',
  5: 'does not exist',
  7: 'may not be used with these credentials',
  8: 'has no quota left',
  9: 'is in no state to be used',
  14: 'cannot be reached',
  16: 'may not be used: the credentials are not accepted',
};

/** Pub/Sub did not do what was asked of it. Its text names the topic or subscription, and nothing that was sent. */
export class PubSubFault extends Error {
  override readonly name = 'PubSubFault';

  constructor(
    /** `projects/…/topics/…` or `projects/…/subscriptions/…`. */
    readonly resource: string,
    /** gRPC status. */
    readonly code: number,
  ) {
    super(`${resource} ${REASONS[code] ?? 'cannot be used'} (gRPC status ${code})`);
  }

  /** Whether what was sent may be taken later as it is. */
  get isPassing(): boolean {
    return NOT_OF_THE_CONTENT.has(this.code);
  }
}

/** The gRPC status of an error; that of a policy which did not make the call is the nearest one. */
export function statusOf(error: unknown): number {
  if (error instanceof OutboundUnavailable) return error.reason === 'timeout' ? DEADLINE_EXCEEDED : UNAVAILABLE;
  const { code } = error as { code?: unknown };
  return typeof code === 'number' ? code : UNKNOWN;
}

/** Judges errors of Pub/Sub: a server that refuses has answered. */
export function judgePubSub(error: unknown): Verdict {
  const status = statusOf(error);
  if (PASSING.has(status)) return PASSING_FAILURE;
  return status === UNKNOWN ? FAILURE : { outcome: 'success', retry: false };
}

import { OutboundRefused } from '../outbound/outbound-http.js';
import { UnusableAnswer } from '../outbound/unusable-answer.js';
import type { CallOutcome } from './breaker-machine.js';
import { OutboundUnavailable } from './outbound-unavailable.js';
import { readRetryAfter } from './retry-after.js';

/** What an error tells: of the dependency, and whether the same call may work soon. */
export interface Verdict {
  readonly outcome: CallOutcome;
  readonly retry: boolean;
  /** What the dependency asks to be left alone for, milliseconds. */
  readonly afterMs?: number | undefined;
}

export type Judge = (error: unknown) => Verdict;

/** An HTTP answer whose status is not one that was hoped for. */
export class UnwelcomeStatus extends Error {
  override readonly name = 'UnwelcomeStatus';
  readonly retryAfterMs: number | undefined;

  /** @param retryAfter the header, as it came */
  constructor(
    readonly status: number,
    retryAfter?: string | null,
  ) {
    super(`the server answered ${status}`);
    this.retryAfterMs = readRetryAfter(retryAfter ?? undefined, Date.now());
  }
}

/** Statuses after which the same request may work soon. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);
/** Errors of sockets, name resolution and `fetch` after which the same call may work soon. */
const NETWORK =
  /^(ECONN(REFUSED|RESET|ABORTED)|E(TIMEDOUT|PIPE|HOSTUNREACH|NETUNREACH|NOTFOUND|AI_AGAIN)|UND_ERR_(SOCKET|(CONNECT|HEADERS|BODY)_TIMEOUT))$/;
/** Errors of Node.js itself, but for those of TLS: we have done something wrong. */
const OWN_CODES = /^(ERR_(?!TLS_)|ABORT_ERR$)/;

export const FAILURE: Verdict = { outcome: 'failure', retry: false };
export const PASSING_FAILURE: Verdict = { outcome: 'failure', retry: true };
const ANSWERED: Verdict = { outcome: 'success', retry: false };
const OUR_OWN: Verdict = { outcome: 'ignored', retry: false };

/** Tells whether the same request may work soon after an answer with this status. */
export function isPassingStatus(status: number): boolean {
  return PASSING.has(status);
}

/**
 * Judges errors of HTTP calls. Only what passes by itself is tried again: the network, and statuses that say so. A dependency that refuses a request has
 * answered. What is neither is a fault of our own and tells nothing of the dependency.
 */
export function judgeHttp(error: unknown): Verdict {
  if (error instanceof UnwelcomeStatus) {
    if (PASSING.has(error.status)) return { ...PASSING_FAILURE, afterMs: error.retryAfterMs };
    return error.status >= 500 ? FAILURE : ANSWERED;
  }
  if (error instanceof OutboundUnavailable || error instanceof UnusableAnswer) return FAILURE;
  if (error instanceof OutboundRefused) return OUR_OWN;
  const code = networkCode(error);
  if (code !== undefined) return NETWORK.test(code) ? PASSING_FAILURE : FAILURE;
  return OUR_OWN;
}

/** The code of an error of the network or of TLS, which `fetch` hides in the cause. */
function networkCode(error: unknown): string | undefined {
  const { code, cause } = error as { readonly code?: unknown; readonly cause?: unknown };
  if (typeof code === 'string' && !OWN_CODES.test(code)) return code;
  return cause instanceof Error ? networkCode(cause) : undefined;
}

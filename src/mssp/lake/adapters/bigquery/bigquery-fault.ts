import { OutboundUnavailable } from '../../../../platform/resilience/outbound-unavailable.js';
import { FAILURE, isPassingStatus, judgeHttp, PASSING_FAILURE, type Verdict } from '../../../../platform/resilience/verdict.js';

/** `missing`, `exists` and `refused` are answers; `passing` may work soon, `failed` may not. */
export type FaultKind = 'missing' | 'exists' | 'refused' | 'passing' | 'failed';

const MOST_TEXT = 300;
/** Reasons of the REST API that pass by themselves, whatever the status. */
const PASSING_REASONS = new Set([
  'backendError',
  'internalError',
  'jobBackendError',
  'jobInternalError',
  'jobRateLimitExceeded',
  'quotaExceeded',
  'rateLimitExceeded',
  'tableUnavailable',
  'timeout',
]);
const NOT_FOUND = 5;
const ALREADY_EXISTS = 6;
/** CANCELLED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, INTERNAL, UNAVAILABLE. */
const PASSING_CODES = new Set([1, 4, 8, 10, 13, 14]);
/** UNKNOWN and DATA_LOSS; others refuse. */
const FAILED_CODES = new Set([2, 15]);

/** BigQuery did not do what was asked of it. */
export class BigQueryFault extends Error {
  override readonly name = 'BigQueryFault';

  constructor(
    readonly kind: FaultKind,
    detail: string,
  ) {
    super(`BigQuery: ${boundedText(detail)}`);
  }
}

/** What an error of the REST API tells. */
export interface RestError {
  readonly code?: unknown;
  readonly type?: unknown;
  readonly message?: unknown;
  readonly errors?: readonly { readonly reason?: string; readonly message?: string }[];
}

/** Names an error of the REST API, or of the way to it. */
export function restFault(error: unknown): BigQueryFault {
  if (error instanceof BigQueryFault) return error;
  const { code, type, message, errors } = error as RestError;
  const { reason, message: told = String(message) } = errors?.[0] ?? {};
  if (typeof code === 'number' || reason !== undefined)
    return new BigQueryFault(kindOf(Number(code ?? 400), reason), `${reason ?? String(code)}: ${told}`);
  if (type === 'request-timeout') return new BigQueryFault('passing', 'does not answer in time');
  return new BigQueryFault(judgeHttp(error).retry ? 'passing' : 'failed', String(code ?? message));
}

/** Names a status of gRPC. @param code its number */
export function grpcFault(code: unknown, message: unknown): BigQueryFault {
  const number = typeof code === 'number' ? code : 2;
  return new BigQueryFault(grpcKindOf(number), `gRPC status ${number}: ${String(message)}`);
}

/** What an error tells of BigQuery: one that refuses has answered. */
export function judgeBigQuery(error: unknown): Verdict {
  if (error instanceof OutboundUnavailable) return FAILURE;
  if (!(error instanceof BigQueryFault)) return { outcome: 'ignored', retry: false };
  if (error.kind === 'passing') return PASSING_FAILURE;
  return error.kind === 'failed' ? FAILURE : { outcome: 'success', retry: false };
}

function kindOf(status: number, reason: string | undefined): FaultKind {
  if (isPassingStatus(status) || (reason !== undefined && PASSING_REASONS.has(reason))) return 'passing';
  if (status === 404 || reason === 'notFound') return 'missing';
  if (status === 409 || reason === 'duplicate') return 'exists';
  return status >= 400 && status < 500 ? 'refused' : 'failed';
}

function grpcKindOf(code: number): FaultKind {
  if (code === NOT_FOUND) return 'missing';
  if (code === ALREADY_EXISTS) return 'exists';
  if (PASSING_CODES.has(code)) return 'passing';
  return FAILED_CODES.has(code) ? 'failed' : 'refused';
}

function boundedText(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, ' ').slice(0, MOST_TEXT);
}

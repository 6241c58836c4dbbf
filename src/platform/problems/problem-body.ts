import { PROBLEM_TYPES, type ProblemType } from './problem-types.js';
import type { ProblemDetail } from './problem.js';

/** One fault in a request. */
export class ProblemDetailBody implements ProblemDetail {
  /** JSON Pointer (RFC 6901) into the body, or the name of a parameter or header. */
  pointer: string;
  code: string;
  detail: string;
}

/** Body of an error answer (RFC 9457, `application/problem+json`). */
export class ProblemBody {
  /** URI of the problem's type, relative to the API: `/problems/not-found`. */
  type: string;
  title: string;
  status: number;
  /** What to do about it. */
  detail: string;
  /** Path of the request. */
  instance: string;
  correlation_id: string;
  errors?: ProblemDetailBody[];
}

/** Builds the body; `members` are extension members of the type. */
export function problemBody(
  type: ProblemType,
  detail: string,
  request: { readonly path: string; readonly correlationId: string },
  extra: { readonly errors?: readonly ProblemDetail[]; readonly members?: Readonly<Record<string, unknown>> } = {},
): ProblemBody {
  const { status, title } = PROBLEM_TYPES[type];
  return {
    type: `/problems/${type}`,
    title,
    status,
    detail,
    instance: request.path,
    correlation_id: request.correlationId,
    ...(extra.errors ? { errors: [...extra.errors] } : {}),
    ...extra.members,
  };
}

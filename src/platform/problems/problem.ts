import { PROBLEM_TYPES, type ProblemType } from './problem-types.js';

/** One fault in a request: where it is (JSON Pointer, RFC 6901; or a parameter's or header's name), a code, and what to do. */
export interface ProblemDetail {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

/** An error that is answered to the caller as problem+json. `detail` says what to do; it never holds internal text. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;

  constructor(
    readonly type: ProblemType,
    readonly detail: string,
    readonly extra: {
      readonly errors?: readonly ProblemDetail[];
      readonly headers?: Readonly<Record<string, string>>;
      readonly members?: Readonly<Record<string, unknown>>;
    } = {},
  ) {
    super(detail);
    this.status = PROBLEM_TYPES[type].status;
  }
}

/** 404, the same for what is missing and for what belongs to another tenant. */
export function notFound(): Problem {
  return new Problem('not-found', 'Nothing with this identifier is visible to this credential.');
}

/** 409 for an object that changed since the caller read it. */
export function staleVersion(current: number): Problem {
  return new Problem('stale-version', `Read the object again: its version is now ${current}.`, { members: { current_version: current } });
}

/** 422 with the faults found. */
export function invalid(errors: readonly ProblemDetail[]): Problem {
  return new Problem('invalid', 'Correct what is listed under errors and send the request again.', { errors });
}

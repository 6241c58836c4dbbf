import { Problem } from '../../platform/problems/problem.js';
import type { ProblemType } from '../../platform/problems/problem-types.js';
import { PipelineUnavailable } from './domain/event-pipeline.js';
import { RefusedSubmission, type RefusalReason } from './domain/submission.js';

const PROBLEM_OF: Readonly<Record<RefusalReason, ProblemType>> = {
  malformed: 'malformed-request',
  invalid: 'invalid',
  too_many: 'too-large',
  key_reused: 'idempotency-key-reused',
  in_progress: 'request-in-progress',
  busy: 'unavailable',
};

/** What the pipeline throws, as it is answered; other errors as they are. */
export function submissionProblem(error: unknown): unknown {
  if (error instanceof RefusedSubmission) {
    return new Problem(PROBLEM_OF[error.reason], error.detail, error.faults.length > 0 ? { errors: error.faults } : {});
  }
  if (error instanceof PipelineUnavailable) {
    return new Problem('unavailable', 'Send it again, with the same Idempotency-Key if it had one.', { headers: { 'Retry-After': '1' } });
  }
  return error;
}

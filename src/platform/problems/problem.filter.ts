import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { ClsService } from 'nestjs-cls';
import type { RequestContext } from '../tenancy/request-context.js';
import { problemBody } from './problem-body.js';
import type { ProblemType } from './problem-types.js';
import { Problem } from './problem.js';

/** The one place that turns an error into an answer. What is not a Problem is answered without its text. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  constructor(private readonly cls: ClsService<RequestContext>) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    const request = host.switchToHttp().getRequest<Request>();
    const problem = toProblem(error);
    if (problem.status >= 500) this.logger.error({ err: error, event: 'request.failed' }, 'request failed');
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    const body = problemBody(
      problem.type,
      problem.detail,
      { path: request.path, correlationId: this.cls.get('correlationId') ?? String(response.getHeader('X-Correlation-ID') ?? '') },
      problem.extra,
    );
    response.status(problem.status).set(problem.extra.headers ?? {});
    response.type('application/problem+json').send(JSON.stringify(body));
  }
}

const TYPE_OF_STATUS: Readonly<Record<number, readonly [ProblemType, string]>> = {
  400: ['malformed-request', 'The request is not well-formed; check its syntax.'],
  401: ['unauthenticated', 'Send a valid credential.'],
  403: ['forbidden', 'The credential does not allow this.'],
  404: ['not-found', 'Nothing with this identifier is visible to this credential.'],
  405: ['method-not-allowed', 'Use one of the methods that the API description lists for this path.'],
  406: ['not-acceptable', 'Ask for application/json.'],
  413: ['too-large', 'Send less in one request.'],
  415: ['unsupported-media-type', 'Send application/json, uncompressed or in a supported encoding.'],
};

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const status = error instanceof HttpException ? error.getStatus() : statusOfMiddlewareError(error);
  if (status === 503) return new Problem('unavailable', 'Try again later.', { headers: { 'Retry-After': '5' } });
  const known = TYPE_OF_STATUS[status];
  if (known) return new Problem(known[0], known[1]);
  return new Problem('internal', 'The error is logged under the correlation id; quote it when asking for help.');
}

/** Express's body parser and router mark client faults with `status` and `expose`. */
function statusOfMiddlewareError(error: unknown): number {
  if (typeof error !== 'object' || error === null || !('status' in error)) return 500;
  const status = Number(error.status);
  return status >= 400 && status < 500 ? status : 500;
}

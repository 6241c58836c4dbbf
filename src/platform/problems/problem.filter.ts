import { Catch, HttpException, NotFoundException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { correlationIdOf } from '../http/correlation-id.js';
import { BusinessEvents } from '../observability/business-events.js';
import { methodsOfPath } from '../http/methods-of-path.js';
import { problemBody } from './problem-body.js';
import { TenantRetired } from '../tenancy/retired-tenants.js';
import { DatabaseAway } from '../storage/database-away.js';
import { storageFaultOf } from '../storage/storage-fault.js';
import { RefusalAudit } from '../refusals/refusal-audit.js';
import type { ProblemType } from './problem-types.js';
import { notFound, Problem } from './problem.js';

/** The one place that turns an error into an answer. What is not a Problem is answered without its text. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly refusals: RefusalAudit,
    private readonly events: BusinessEvents,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    const request = host.switchToHttp().getRequest<Request>();
    const problem = error instanceof NotFoundException ? unmatched(request) : toProblem(error);
    this.refusals.note(problem, request, response);
    const isMeant = error instanceof Problem || error instanceof DatabaseAway;
    if (isMeant && problem.status === 503) this.events.requestPutOff(problem.detail);
    else if (problem.status >= 500) this.events.requestFailed(error);
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    const body = problemBody(problem.type, problem.detail, { path: request.path, correlationId: correlationIdOf(response) }, problem.extra);
    response.status(problem.status).set(problem.extra.headers ?? {});
    response.type('application/problem+json').send(JSON.stringify(body));
  }
}

const TYPE_OF_STATUS: Readonly<Record<number, readonly [ProblemType, string]>> = {
  400: ['malformed-request', 'The request is not well-formed; check its syntax.'],
  401: ['unauthenticated', 'Send a valid credential.'],
  403: ['forbidden', 'The credential does not allow this.'],
  405: ['method-not-allowed', 'Use one of the methods that the API description lists for this path.'],
  406: ['not-acceptable', 'Ask for application/json.'],
  413: ['too-large', 'Send less in one request.'],
  415: ['unsupported-media-type', 'Send application/json, uncompressed or in a supported encoding.'],
};

/** No route answers the request: either none has its path, or none of those takes its method. */
function unmatched(request: Request): Problem {
  const methods = methodsOfPath(request);
  if (methods.length === 0 || methods.includes(request.method)) return notFound();
  return new Problem('method-not-allowed', `Use one of: ${methods.join(', ')}.`, { headers: { Allow: methods.join(', ') } });
}

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof TenantRetired) return new Problem('tenant-not-held', 'The tenant is being deleted.');
  if (storageFaultOf(error) !== undefined || error instanceof DatabaseAway)
    return new Problem('unavailable', 'The store cannot take it. Try again later.', { headers: { 'Retry-After': '5' } });
  const status = error instanceof HttpException ? error.getStatus() : statusOfMiddlewareError(error);
  if (status === 503) return new Problem('unavailable', 'Try again later.', { headers: { 'Retry-After': '5' } });
  if (status === 404) return notFound();
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

import type { Request, Response } from 'express';
import { correlationIdOf } from '../http/correlation-id.js';
import { problemBody } from './problem-body.js';
import { PROBLEM_TYPES, type ProblemType } from './problem-types.js';

/** Why a request is turned away, and when to send it again. */
export interface TurnedAway {
  readonly type: ProblemType;
  readonly detail: string;
  readonly retryAfterSeconds: number;
}

/**
 * Answers a request of which there are too many with problem+json, at the least cost: no error is made and no line logged for it, as either would hold up
 * those who are served.
 */
export function turnAway(request: Request, response: Response, { type, detail, retryAfterSeconds }: TurnedAway): void {
  const body = problemBody(type, detail, { path: request.path, correlationId: correlationIdOf(response) });
  response.setHeader('Retry-After', retryAfterSeconds);
  response.setHeader('Content-Type', 'application/problem+json; charset=utf-8');
  response.writeHead(PROBLEM_TYPES[type].status).end(JSON.stringify(body));
}

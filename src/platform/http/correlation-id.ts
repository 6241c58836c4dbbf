import type { NextFunction, Request, Response } from 'express';
import { v7 as uuidv7 } from 'uuid';

const HEADER = 'X-Correlation-ID';
const ACCEPTED = /^[A-Za-z0-9._:-]{1,128}$/;

/** First thing in a request's life: its correlation id goes into the answer, so that whatever comes of it has one. */
export function assignCorrelationId(request: Request, response: Response, next: NextFunction): void {
  response.setHeader(HEADER, correlationIdFrom(request.headers['x-correlation-id']));
  next();
}

/** The correlation id that a request was given. */
export function correlationIdOf(response: Response): string {
  return String(response.getHeader(HEADER) ?? '');
}

/** The correlation id that a request carries, where it is well-formed, else a new one. */
function correlationIdFrom(header: string | string[] | undefined): string {
  return typeof header === 'string' && ACCEPTED.test(header) ? header : `req-${uuidv7()}`;
}

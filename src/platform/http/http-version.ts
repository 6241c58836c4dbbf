import type { NextFunction, Request, Response } from 'express';
import { Problem } from '../problems/problem.js';

const SPOKEN: ReadonlySet<string> = new Set(['1.0', '1.1']);

/** Refuses a request line without a version (HTTP/0.9), which has no headers and whose answer has none. */
export function requireHttpVersion(request: Request, _response: Response, next: NextFunction): void {
  if (SPOKEN.has(request.httpVersion)) return next();
  next(new Problem('malformed-request', 'Speak HTTP/1.1.', { headers: { Connection: 'close' } }));
}

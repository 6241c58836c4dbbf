import type { RequestHandler } from 'express';
import { Problem } from '../problems/problem.js';
import type { DrainState } from './drain-state.js';

/** Sends what arrives after the process has stopped taking requests to another instance. */
export function refuseLate(drain: DrainState): RequestHandler {
  return (_request, _response, next) => {
    if (!drain.isStopped) return next();
    next(new Problem('unavailable', 'This instance is stopping; send it again.', { headers: { 'Retry-After': '1', Connection: 'close' } }));
  };
}

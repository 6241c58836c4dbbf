import type { Request, RequestHandler } from 'express';
import { leaveUnread } from '../http/leave-unread.js';
import { turnAway, type TurnedAway } from '../problems/turn-away.js';
import { criticalityOf } from './criticality.js';
import type { LoadWatch } from './load-watch.js';

/** A body that is no longer than this is thrown away for less than a new connection costs. */
const SMALL_BODY = 64 * 1024;
const TOO_MUCH: TurnedAway = {
  type: 'temporary-reduced-capacity',
  detail: 'More is sent than can be served; send it again after the time in Retry-After.',
  retryAfterSeconds: 2,
};

/**
 * Turns requests away while there are too many, before anything is done for them: no credential is looked at, no body read, no line logged. They are counted as
 * requests, `requests_shed_total`, as nobody has read how many events they hold or whose they are.
 */
export function shedLoad(watch: Pick<LoadWatch, 'admits'>): RequestHandler {
  return (request, response, next) => {
    if (watch.admits(criticalityOf(request.method, request.path))) return next();
    if (!isSmall(request)) {
      response.setHeader('Connection', 'close');
      leaveUnread(request);
    }
    turnAway(request, response, TOO_MUCH);
  };
}

function isSmall({ headers }: Request): boolean {
  if (headers['transfer-encoding'] !== undefined) return false;
  return Number(headers['content-length'] ?? 0) <= SMALL_BODY;
}

import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { notFound, Problem } from '../problems/problem.js';

/** What the API reference's page loads. The rest of its package (its manifest, source maps, notices) tells versions and is nobody's business. */
const ASSETS: ReadonlySet<string> = new Set([
  'swagger-ui.css',
  'swagger-ui-bundle.js',
  'swagger-ui-standalone-preset.js',
  'swagger-ui-init.js',
  'favicon-16x16.png',
  'favicon-32x32.png',
]);

/** Answers below `/docs` that are under way at once: they are large, public and no part of the service, so that slow readers may not collect them. */
const MOST_READERS = 50;

/** Hides every file below `/docs` that the page does not need. */
export function onlyNeededAssets(request: Request, _response: Response, next: NextFunction): void {
  const file = /^\/docs\/+([^/].*)$/is.exec(request.path)?.[1];
  next(file === undefined || ASSETS.has(file) ? undefined : notFound());
}

/**
 * Answers 503 where too many read the API reference at once, page and document alike. Its answers are the last on their connections: one that
 * waits in the system's buffers for a slow reader would look like an idle connection, and be kept as long.
 */
export function fewReadersAtOnce(most = MOST_READERS): RequestHandler {
  let readers = 0;
  return (request, response, next) => {
    if (!/^\/docs(?:[/-]|$)/i.test(request.path)) return next();
    response.setHeader('Connection', 'close');
    if (readers >= most) throw new Problem('unavailable', 'Many read the API reference at present.', { headers: { 'Retry-After': '5' } });
    readers += 1;
    response.once('close', () => (readers -= 1));
    return next();
  };
}

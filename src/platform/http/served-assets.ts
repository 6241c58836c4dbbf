import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { RequestHandler } from 'express';
import { notFound } from '../problems/problem.js';
import { turnAway, type TurnedAway } from '../problems/turn-away.js';

/** The files that the API reference's page loads. The rest of their package (its manifest, source maps, notices) tells versions and is nobody's business. */
const TYPES: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'swagger-ui-standalone-preset.js': 'text/javascript; charset=utf-8',
  'favicon-16x16.png': 'image/png',
  'favicon-32x32.png': 'image/png',
};
/** Written for this API by others that answer below `/docs`. */
const WRITTEN = 'swagger-ui-init.js';

/** Answers below `/docs` that are under way at once: they are large, public and no part of the service, so that slow readers may not collect them. */
const MOST_READERS = 50;
const MANY_READ: TurnedAway = { type: 'unavailable', detail: 'Many read the API reference at present.', retryAfterSeconds: 5 };

/**
 * Serves the files that the page's own package brought along, from memory, and hides every other file below `/docs`. A file that is read piece by
 * piece for each who asks costs the event loop many turns for each of them, and slow readers ask for the largest.
 */
export function serveNeededAssets(): RequestHandler {
  const page = createRequire(import.meta.url).resolve('@nestjs/swagger');
  const directory = dirname(createRequire(page).resolve('swagger-ui-dist/swagger-ui.css'));
  const assets = new Map(Object.keys(TYPES).map((name) => [name, readFileSync(join(directory, name))]));
  return (request, response, next) => {
    const name = /^\/docs\/+([^/].*)$/is.exec(request.path)?.[1];
    if (name === undefined || name === WRITTEN) return next();
    const bytes = assets.get(name);
    if (!bytes) return next(notFound());
    if (request.method !== 'GET' && request.method !== 'HEAD') return next();
    response.setHeader('Content-Type', TYPES[name] ?? '');
    response.setHeader('Content-Length', bytes.length);
    response.setHeader('Cache-Control', 'public, max-age=3600');
    response.end(request.method === 'HEAD' ? undefined : bytes);
  };
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
    if (readers >= most) return turnAway(request, response, MANY_READ);
    readers += 1;
    response.once('close', () => (readers -= 1));
    return next();
  };
}

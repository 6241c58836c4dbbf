import type { NextFunction, Request, Response } from 'express';
import { notFound } from '../problems/problem.js';

/** What the API reference's page loads. The rest of its package (its manifest, source maps, notices) tells versions and is nobody's business. */
const ASSETS: ReadonlySet<string> = new Set([
  'swagger-ui.css',
  'swagger-ui-bundle.js',
  'swagger-ui-standalone-preset.js',
  'swagger-ui-init.js',
  'favicon-16x16.png',
  'favicon-32x32.png',
]);

/** Hides every file below `/docs` that the page does not need. */
export function onlyNeededAssets(request: Request, _response: Response, next: NextFunction): void {
  const file = /^\/docs\/+([^/].*)$/is.exec(request.path)?.[1];
  next(file === undefined || ASSETS.has(file) ? undefined : notFound());
}

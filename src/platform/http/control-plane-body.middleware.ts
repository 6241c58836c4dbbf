import { Injectable, type NestMiddleware } from '@nestjs/common';
import { json, type NextFunction, type Request, type Response } from 'express';
import { Problem } from '../problems/problem.js';

const LARGEST_BODY = 256 * 1024;
const parse = json({ limit: LARGEST_BODY, strict: true, inflate: false, type: ['application/json', 'application/*+json'] });

/** Reads the JSON bodies of all routes but ingest, bounded and uncompressed. */
@Injectable()
export class ControlPlaneBodyMiddleware implements NestMiddleware {
  use(request: Request, response: Response, next: NextFunction): void {
    const hasBody = request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
    if (!hasBody) {
      next();
      return;
    }
    if (!request.is(['application/json', 'application/*+json'])) {
      next(new Problem('unsupported-media-type', 'Send application/json.'));
      return;
    }
    parse(request, response, (error?: unknown) => next(error === undefined ? undefined : bodyProblem(error)));
  }
}

function bodyProblem(error: unknown): Problem {
  const type = typeof error === 'object' && error !== null && 'type' in error ? error.type : undefined;
  if (type === 'entity.too.large') return new Problem('too-large', `Send at most ${LARGEST_BODY} bytes.`);
  if (type === 'encoding.unsupported') return new Problem('unsupported-media-type', 'Send the body uncompressed.');
  return new Problem('malformed-request', 'The body is not well-formed JSON: an object or an array.', {
    errors: [{ pointer: '', code: 'malformed_json', detail: 'not well-formed JSON' }],
  });
}

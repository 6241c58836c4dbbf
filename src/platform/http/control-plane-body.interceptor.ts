import { Injectable, SetMetadata, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { json, type Request, type Response } from 'express';
import { from, mergeMap, type Observable } from 'rxjs';
import { Problem, invalid } from '../problems/problem.js';
import { bodyFaults } from './body-faults.js';

const LARGEST_BODY = 256 * 1024;
const OWN_BODY = Symbol('reads its own body');
const parse = json({ limit: LARGEST_BODY, strict: true, inflate: false, type: ['application/json', 'application/*+json'] });

/** A route that reads its body by itself. */
export const ReadsOwnBody = (): MethodDecorator => SetMetadata(OWN_BODY, true);

/** Reads the JSON body of a request that has passed the guards: bounded, uncompressed, and never for whom they refuse. */
@Injectable()
export class ControlPlaneBodyInterceptor implements NestInterceptor {
  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<Request>();
    if (!hasBody(request) || this.reflector.get<boolean | undefined>(OWN_BODY, context.getHandler())) return next.handle();
    return from(readBody(request, context.switchToHttp().getResponse<Response>())).pipe(mergeMap(() => next.handle()));
  }
}

function hasBody(request: Request): boolean {
  if (request.method === 'GET' || request.method === 'HEAD') return false;
  return request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
}

function readBody(request: Request, response: Response): Promise<void> {
  if (!request.is(['application/json', 'application/*+json'])) throw new Problem('unsupported-media-type', 'Send application/json.');
  return new Promise((resolve, reject) => {
    parse(request, response, (error?: unknown) => {
      const faults = error === undefined ? bodyFaults(request.body) : [];
      if (error !== undefined) reject(bodyProblem(error));
      else if (faults.length > 0) reject(invalid(faults));
      else resolve();
    });
  });
}

function bodyProblem(error: unknown): Problem {
  const type = typeof error === 'object' && error !== null && 'type' in error ? error.type : undefined;
  if (type === 'entity.too.large') return new Problem('too-large', `Send at most ${LARGEST_BODY} bytes.`);
  if (type === 'charset.unsupported') return new Problem('unsupported-media-type', 'Send the body in UTF-8.');
  if (type === 'encoding.unsupported') return new Problem('unsupported-media-type', 'Send the body uncompressed.');
  return new Problem('malformed-request', 'The body is not well-formed JSON: an object or an array.', {
    errors: [{ pointer: '', code: 'malformed_json', detail: 'not well-formed JSON' }],
  });
}

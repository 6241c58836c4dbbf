import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable, SetMetadata, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { json, type Response } from 'express';
import { from, mergeMap, type Observable } from 'rxjs';
import { Problem, invalid, type ProblemDetail } from '../problems/problem.js';
import type { SignedRequest } from '../service-auth/wire-body.js';
import { bodyFaults } from './body-faults.js';
import { duplicateName } from './duplicate-names.js';

const LARGEST_BODY = 256 * 1024;
const OWN_BODY = Symbol('reads its own body');
const CHARSET = /;\s*charset\s*=\s*"?([^";\s]*)/i;
const parse = json({
  verify: keepBytes,
  limit: LARGEST_BODY,
  strict: true,
  inflate: false,
  type: ['application/json', 'application/*+json'],
});

/** Bodies as they came, for as long as their requests live. */
const readBytes = new WeakMap<IncomingMessage, Buffer>();

/** A route that reads its body by itself. */
export const ReadsOwnBody = (): MethodDecorator => SetMetadata(OWN_BODY, true);

/** Reads the JSON body of a request that has passed the guards: bounded, uncompressed, and never for whom they refuse. */
@Injectable()
export class ControlPlaneBodyInterceptor implements NestInterceptor {
  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<SignedRequest>();
    if (!hasBody(request) || this.reflector.get<boolean | undefined>(OWN_BODY, context.getHandler())) return next.handle();
    return from(readBody(request, context.switchToHttp().getResponse<Response>())).pipe(mergeMap(() => next.handle()));
  }
}

function hasBody(request: SignedRequest): boolean {
  if (request.method === 'GET' || request.method === 'HEAD') return false;
  return request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
}

async function readBody(request: SignedRequest, response: Response): Promise<void> {
  if (!request.is(['application/json', 'application/*+json'])) throw new Problem('unsupported-media-type', 'Send application/json.');
  if (!isUtf8Type(request.headers['content-type'])) throw bodyProblem({ type: 'charset.unsupported' });
  if (request.wireBody) request.body = parseWire(request, request.wireBody);
  else await parseStream(request, response);
  const twice = duplicateName((request.wireBody ?? readBytes.get(request))?.toString('utf8') ?? '');
  if (twice !== undefined) throw malformed({ pointer: twice, code: 'duplicate_field', detail: 'name each field once' });
  const faults = bodyFaults(request.body);
  if (faults.length > 0) throw invalid(faults);
}

function parseStream(request: SignedRequest, response: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    parse(request, response, (error?: unknown) => (error === undefined ? resolve() : reject(bodyProblem(error))));
  });
}

/** Parses a body that the door has read, by the same rules. */
function parseWire({ headers }: SignedRequest, bytes: Buffer): unknown {
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') throw bodyProblem({ type: 'encoding.unsupported' });
  try {
    const body: unknown = isUtf8(bytes) ? JSON.parse(bytes.toString('utf8')) : undefined;
    if (typeof body === 'object' && body !== null) return body;
  } catch {
    // Refused below, without the parser's words, which quote the body.
  }
  throw bodyProblem(undefined);
}

function bodyProblem(error: unknown): Problem {
  const type = typeof error === 'object' && error !== null && 'type' in error ? error.type : undefined;
  if (type === 'entity.too.large') return new Problem('too-large', `Send at most ${LARGEST_BODY} bytes.`);
  if (type === 'charset.unsupported') return new Problem('unsupported-media-type', 'Send the body in UTF-8.');
  if (type === 'encoding.unsupported') return new Problem('unsupported-media-type', 'Send the body uncompressed.');
  return malformed({ pointer: '', code: 'malformed_json', detail: 'not well-formed JSON' });
}

function malformed(fault: ProblemDetail): Problem {
  return new Problem('malformed-request', 'The body is not well-formed JSON: an object or an array, each name once.', { errors: [fault] });
}

/** A media type without a charset, or with UTF-8: what is read as text here is what the parser reads. */
function isUtf8Type(type = ''): boolean {
  return /^utf-?8$/i.test(CHARSET.exec(type)?.[1] ?? 'utf-8');
}

function keepBytes(request: IncomingMessage, _response: ServerResponse, bytes: Buffer): void {
  readBytes.set(request, bytes);
}

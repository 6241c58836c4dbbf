import { createHash } from 'node:crypto';
import { Injectable, SetMetadata, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Response } from 'express';
import { catchError, from, mergeMap, of, type Observable } from 'rxjs';
import type { AdmittedRequest } from '../auth/caller.decorator.js';
import { canonicalJson } from '../audit/canonical-json.js';
import { Clock } from '../clock/clock.js';
import { Problem } from '../problems/problem.js';
import type { SignedRequest } from '../service-auth/wire-body.js';
import { IdempotencyStore, type EarlierRequest } from './idempotency-store.js';

const SHOWN_ONCE = Symbol('answer holds a secret');
const OWN_IDEMPOTENCY = Symbol('keeps its own idempotency keys');
const KEY = /^[\x21-\x7e]{1,128}$/;

/** A route whose answer holds a secret: it is never kept, so a repeated request is told that the answer was shown once. */
export const ShownOnce = (): MethodDecorator => SetMetadata(SHOWN_ONCE, true);

/** A route that keeps idempotency keys by itself. */
export const OwnIdempotency = (): MethodDecorator => SetMetadata(OWN_IDEMPOTENCY, true);

/** `Idempotency-Key` on unsafe requests (draft-ietf-httpapi-idempotency-key-header): the same request is carried out once. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly store: IdempotencyStore,
    private readonly reflector: Reflector,
    private readonly clock: Clock,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<AdmittedRequest>();
    const key = request.headers['idempotency-key'];
    const ignored = request.method === 'GET' || !request.caller || this.flag(OWN_IDEMPOTENCY, context);
    if (key === undefined || ignored) return next.handle();
    if (typeof key !== 'string' || !KEY.test(key)) throw badKey();
    const kept = keptKey(request, key);
    return from(this.begin(kept, request)).pipe(mergeMap((earlier) => this.proceed(kept, earlier, context, next)));
  }

  private begin(key: string, request: AdmittedRequest): Promise<EarlierRequest | undefined> {
    return this.store.begin(request.caller?.tenant ?? null, key, digestOf(request), this.clock.now());
  }

  private proceed(key: string, earlier: EarlierRequest | undefined, context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const response = context.switchToHttp().getResponse<Response>();
    if (earlier) return of(replay(earlier, response));
    const scope = context.switchToHttp().getRequest<AdmittedRequest>().caller?.tenant ?? null;
    const shownOnce = this.flag(SHOWN_ONCE, context);
    return next.handle().pipe(
      mergeMap(async (body: unknown) => {
        await this.store.finish(scope, key, { status: response.statusCode, body: shownOnce ? undefined : (body ?? null) });
        return body;
      }),
      catchError(async (error: unknown) => {
        await this.store.abandon(scope, key);
        throw error;
      }),
    );
  }

  private flag(name: symbol, context: ExecutionContext): boolean {
    return this.reflector.get<boolean | undefined>(name, context.getHandler()) === true;
  }
}

/** On the platform's own routes, where tenants' administrators come too, each tenant has keys of its own. */
function keptKey({ caller }: AdmittedRequest, key: string): string {
  const held = caller?.tenant === undefined ? [...(caller?.principal.grants.keys() ?? [])] : [];
  return held.length === 0 ? key : `${held.join(' ')} ${key}`;
}

function replay(earlier: EarlierRequest, response: Response): unknown {
  switch (earlier.state) {
    case 'other-request':
      throw new Problem('idempotency-key-reused', 'Use a new key: this one belongs to another request.');
    case 'running':
      throw new Problem('request-in-progress', 'Wait for the first request with this key to end.', { headers: { 'Retry-After': '1' } });
    case 'answered':
      if (earlier.shownOnce) throw new Problem('conflict', 'This was carried out already; its answer held a secret and was shown once.');
      response.status(earlier.status).setHeader('Idempotency-Replayed', 'true');
      return earlier.body ?? undefined;
  }
}

function digestOf(request: AdmittedRequest & SignedRequest): string {
  const { method, originalUrl, caller, body, wireBody } = request;
  const hash = createHash('sha256').update([method, originalUrl, caller?.principal.subject ?? '', ''].join('\n'));
  const isUnread = body === undefined && wireBody !== undefined;
  return hash.update(isUnread ? wireBody : canonicalJson(body ?? null)).digest('hex');
}

function badKey(): Problem {
  return new Problem('malformed-request', 'Send an Idempotency-Key of 1 to 128 visible ASCII characters.', {
    errors: [{ pointer: 'Idempotency-Key', code: 'bad_idempotency_key', detail: '1 to 128 visible ASCII characters' }],
  });
}

import { Inject, Injectable, type NestMiddleware } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import type { IpBlock } from '../../../events/ip-block.js';
import type { Config } from '../../config/config.js';
import { CONFIG } from '../../config/tokens.js';
import { correlationIdOf } from '../../http/correlation-id.js';
import { isFromTrustedProxy, peerOf, readBlocks } from '../../http/client-address.js';
import { contextOfResponse } from '../../tenancy/context-of-response.js';
import { routeTemplate } from '../route-template.js';
import type { TraceParent } from './active-span.js';
import { contextAttributes } from './context-attributes.js';
import { Tracing } from './tracing.js';

/** A span for every request, under its route's template. The caller's trace is continued where the caller is a trusted proxy, and has no effect elsewhere. */
@Injectable()
export class RequestTraceMiddleware implements NestMiddleware {
  private readonly trusted: readonly IpBlock[];

  constructor(
    private readonly tracing: Tracing,
    @Inject(CONFIG) { http }: Config,
  ) {
    this.trusted = readBlocks(http.trustedProxies);
  }

  use(request: Request, response: Response, next: NextFunction): void {
    const { method } = request;
    const start = { name: method, kind: 'server', attributes: { 'http.request.method': method } } as const;
    const span = this.tracing.begin(start, this.callersTrace(request));
    if (span.isRecorded) {
      response.once('close', () => {
        const route = routeTemplate(request);
        if (route !== undefined) span.rename(`${method} ${route}`);
        span.set({
          ...contextAttributes({ correlationId: correlationIdOf(response), ...contextOfResponse(response) }),
          ...(route === undefined ? {} : { 'http.route': route }),
          'http.response.status_code': response.statusCode,
        });
        if (response.statusCode >= 500) span.fail(String(response.statusCode));
        span.end();
      });
    }
    span.run(next);
  }

  private callersTrace(request: Request): TraceParent | null {
    const { traceparent, tracestate } = request.headers;
    if (typeof traceparent !== 'string' || !isFromTrustedProxy(peerOf(request), this.trusted)) return null;
    return { traceparent, tracestate: typeof tracestate === 'string' ? tracestate : undefined };
  }
}

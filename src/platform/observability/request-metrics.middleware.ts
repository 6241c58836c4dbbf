import { Injectable, type NestMiddleware } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { Metrics } from './metrics.js';
import { routeTemplate } from './route-template.js';

/** Counts and times every request under its route template; what no route answers is one series. An answer without end takes no time that would say anything. */
@Injectable()
export class RequestMetricsMiddleware implements NestMiddleware {
  constructor(private readonly metrics: Metrics) {}

  use(request: Request, response: Response, next: NextFunction): void {
    const started = process.hrtime.bigint();
    this.metrics.activeRequests.inc();
    response.once('close', () => {
      const path = routeTemplate(request) ?? 'unmatched';
      const method = path === 'unmatched' ? 'any' : request.method;
      this.metrics.activeRequests.dec();
      this.metrics.requests.inc({ path, method, status: String(response.statusCode) });
      if (isEndless(response)) return;
      this.metrics.requestDuration.observe({ path, method }, Number(process.hrtime.bigint() - started) / 1e9);
    });
    next();
  }
}

function isEndless(response: Response): boolean {
  return String(response.getHeader('Content-Type')).startsWith('text/event-stream');
}

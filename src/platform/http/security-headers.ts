import type { NextFunction, Request, Response } from 'express';
import helmet from 'helmet';

type Directives = Readonly<Record<string, readonly string[]>>;

const API: Directives = { defaultSrc: ["'none'"], frameAncestors: ["'none'"] };
const DOCUMENTATION: Directives = {
  defaultSrc: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  styleSrc: ["'self'", "'unsafe-inline'"],
  frameAncestors: ["'none'"],
};

const api = headersWith(API);
const documentation = headersWith(DOCUMENTATION);

/** Response headers of an API: nothing may be framed, sniffed or run. The documentation page may run its own scripts. */
export function securityHeaders(request: Request, response: Response, next: NextFunction): void {
  (/^\/docs(\/|$)/.test(request.path) ? documentation : api)(request, response, next);
}

function headersWith(directives: Directives): ReturnType<typeof helmet> {
  return helmet({
    contentSecurityPolicy: {
      directives: Object.fromEntries(Object.entries(directives).map(([name, values]) => [name, [...values]])),
      useDefaults: false,
    },
    strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: true },
    referrerPolicy: { policy: 'no-referrer' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    frameguard: { action: 'deny' },
  });
}

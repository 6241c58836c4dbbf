import type { TLSSocket } from 'node:tls';
import type { NextFunction, Request, Response } from 'express';
import helmet from 'helmet';
import type { IpBlock } from '../../events/ip-block.js';
import { isForwardedSecure, peerOf } from './client-address.js';

type Directives = Readonly<Record<string, readonly string[]>>;
type Middleware = (request: Request, response: Response, next: NextFunction) => void;

const API: Directives = { defaultSrc: ["'none'"], frameAncestors: ["'none'"] };
const DOCUMENTATION: Directives = {
  defaultSrc: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  styleSrc: ["'self'", "'unsafe-inline'"],
  frameAncestors: ["'none'"],
};

const api = headersWith(API);
const documentation = headersWith(DOCUMENTATION);

/**
 * Response headers of an API: nothing may be framed, sniffed or run. The documentation page may run its own scripts. What has come over TLS, to
 * this server or to a trusted proxy, is told to come so always (RFC 6797 section 7.2 forbids saying so otherwise).
 */
export function securityHeaders(trustedProxies: readonly IpBlock[]): Middleware {
  return (request, response, next) => {
    if ((request.socket as Partial<TLSSocket>).encrypted === true || isForwardedSecure(peerOf(request), trustedProxies)) {
      response.setHeader('Strict-Transport-Security', 'max-age=31536000; includeSubDomains');
    }
    (/^\/docs(\/|$)/.test(request.path) ? documentation : api)(request, response, next);
  };
}

function headersWith(directives: Directives): ReturnType<typeof helmet> {
  return helmet({
    contentSecurityPolicy: {
      directives: Object.fromEntries(Object.entries(directives).map(([name, values]) => [name, [...values]])),
      useDefaults: false,
    },
    strictTransportSecurity: false,
    referrerPolicy: { policy: 'no-referrer' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    frameguard: { action: 'deny' },
  });
}

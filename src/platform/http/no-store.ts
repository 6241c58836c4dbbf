import type { NextFunction, Request, Response } from 'express';

const KEPT_BY_NOBODY = /^\/(?:api|admin|internal|metrics|health)(?:\/|$)/i;
const WITHOUT_ENTITY_TAG = /^\/\.well-known(?:\/|$)/i;

/**
 * What is answered to a credential is for its holder at this moment: no cache keeps it (RFC 9111 §5.2.2.5), and it has no entity tag,
 * so that there is no condition on one to meet; public keys have none either.
 */
export function noStore(request: Request, response: Response, next: NextFunction): void {
  if (KEPT_BY_NOBODY.test(request.path)) {
    response.setHeader('Cache-Control', 'no-store');
    response.vary('Authorization, X-API-Key, X-Tenant-ID');
    delete request.headers['if-none-match'];
  } else if (WITHOUT_ENTITY_TAG.test(request.path)) {
    delete request.headers['if-none-match'];
  }
  next();
}

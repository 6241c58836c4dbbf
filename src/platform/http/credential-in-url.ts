import type { NextFunction, Request, Response } from 'express';
import { Problem } from '../problems/problem.js';

/** Names under which clients are known to put credentials in a query. */
const NAMES: ReadonlySet<string> = new Set([
  'apikey',
  'xapikey',
  'token',
  'accesstoken',
  'refreshtoken',
  'idtoken',
  'bearer',
  'authorization',
  'auth',
  'jwt',
  'password',
  'passwd',
  'secret',
  'clientsecret',
]);

/** An API key of ours, or a signed token (RFC 7519), wherever it stands. */
const CREDENTIAL = /gtr_live_[0-9A-Za-z]{12}_|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\./;

/** Refuses a request that carries a credential in its URL, where proxies and histories keep it (RFC 6750 §2.3); it is a leaked one now. */
export function refuseCredentialInUrl(request: Request, _response: Response, next: NextFunction): void {
  const mark = request.originalUrl.indexOf('?');
  const query = mark < 0 ? '' : request.originalUrl.slice(mark + 1);
  const name = [...new URLSearchParams(query).keys()].find((key) => NAMES.has(key.toLowerCase().replace(/[^a-z]/g, '')));
  if (name === undefined && !CREDENTIAL.test(request.originalUrl)) return next();
  next(
    new Problem('credential-in-url', 'Send credentials in headers only, and replace this one: it may have been recorded on its way.', {
      errors: [{ pointer: name?.slice(0, 64) ?? 'URL', code: 'credential_in_url', detail: 'must not hold a credential' }],
    }),
  );
}

import type { NextFunction, Request, Response } from 'express';
import { Problem } from '../problems/problem.js';

/** Names under which clients are known to put credentials in a URL, without case and punctuation. */
const NAMES: ReadonlySet<string> = new Set([
  'apikey',
  'xapikey',
  'apitoken',
  'apisecret',
  'accesskey',
  'secretkey',
  'privatekey',
  'key',
  'token',
  'accesstoken',
  'refreshtoken',
  'idtoken',
  'authtoken',
  'xauthtoken',
  'sessiontoken',
  'bearertoken',
  'bearer',
  'authorization',
  'auth',
  'jwt',
  'password',
  'passwd',
  'passphrase',
  'pwd',
  'secret',
  'clientsecret',
  'clientassertion',
  'credential',
  'credentials',
  'signature',
  'xservicesignature',
  'servicekey',
]);

const API_KEY = /gtr_(?:live|test|svc)_[0-9A-Za-z]{12}_/;
/** How the header and the claims of a signed token (RFC 7519) begin: `{"`, in base64url. */
const OBJECT = /eyJ[\w-]{8}/;
/** `https://name:password@host/`, where a request is sent with its target in absolute form (RFC 9112 §3.2.2). */
const USER_INFORMATION = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*@/i;

/**
 * Refuses a request that carries a credential in its URL, where proxies and histories keep it (RFC 6750 §2.3): in the query, the path, a
 * fragment that should not have been sent, or as user information. It is a leaked one now. Its answer does not repeat the path.
 */
export function refuseCredentialInUrl(request: Request, _response: Response, next: NextFunction): void {
  const place = credentialPlace(request.originalUrl);
  if (place === undefined) return next();
  request.url = '/';
  next(
    new Problem('credential-in-url', 'Send credentials in headers only, and replace this one: it may have been recorded on its way.', {
      errors: [{ pointer: place, code: 'credential_in_url', detail: 'must not hold a credential' }],
    }),
  );
}

/** Where in a request's target there is a credential: the parameter's name, or `URL`; `undefined` where there is none. */
export function credentialPlace(target: string): string | undefined {
  const name = parameterNames(target).find((candidate) => NAMES.has(candidate.toLowerCase().replace(/[^a-z]/g, '')));
  if (name !== undefined) return name.slice(0, 64);
  const isCredential = [target, decoded(target), decoded(decoded(target))].some((text) => API_KEY.test(text) || holdsToken(text));
  return isCredential || USER_INFORMATION.test(target) ? 'URL' : undefined;
}

/** Tells whether there is a signed token in a text, wherever it stands. */
function holdsToken(text: string): boolean {
  const parts = text.split('.');
  return parts.some((part, at) => {
    const header = part.split(/[^\w-]/).at(-1) ?? '';
    return OBJECT.test(header) && parts[at + 1]?.search(OBJECT) === 0;
  });
}

/** Names of what stands after `?`, `#`, `;` and `&`. A value is not looked into: whoever searches for `?token=` in events may. */
function parameterNames(target: string): readonly string[] {
  const [path = '', ...query] = target.split('?');
  const inPath = decoded(path).split(/[?#;]/).slice(1);
  const parts = [...inPath, ...query.join('&').split(/[#;&]/)];
  return parts.map((part) => decoded(decoded(part.split('=')[0] ?? '')));
}

/** Percent-decoded; what is not well-formed is decoded byte by byte. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text.replace(/%[0-9a-f]{2}/gi, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)));
  }
}

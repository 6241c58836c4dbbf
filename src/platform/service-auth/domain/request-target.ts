import { SignatureRefused } from './signature-refused.js';

const LONGEST_TARGET = 8_192;
const PATH = /^\/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*$/;
const QUERY = /^[!-"$-~]+$/;
/** Escapes that other software may read as structure: a slash, a backslash, a dot, a control character, an escape of an escape. */
const AMBIGUOUS_ESCAPE = /%(?:2[fF]|5[cC]|2[eE]|[01][0-9A-Fa-f]|7[fF]|25[0-9A-Fa-f]{2})/;

/** Path and query of a request, byte for byte as they came. */
export interface RequestTarget {
  readonly path: string;
  /** Without its question mark; empty where there is none. */
  readonly query: string;
}

/**
 * Takes a request target (RFC 9112 §3.2.1, origin form) apart. What two programs may understand differently is refused, not normalised: other forms,
 * `//`, dot segments, escaped separators, double escapes, fragments, a question mark with nothing behind it.
 * @throws SignatureRefused `ambiguous_target`
 */
export function readTarget(target: string): RequestTarget {
  const mark = target.indexOf('?');
  const path = mark === -1 ? target : target.slice(0, mark);
  const query = mark === -1 ? '' : target.slice(mark + 1);
  const isQueryFit = mark === -1 || QUERY.test(query);
  if (target.length > LONGEST_TARGET || !isPathFit(path) || !isQueryFit) throw new SignatureRefused('ambiguous_target');
  return { path, query };
}

function isPathFit(path: string): boolean {
  if (!PATH.test(path) || path.includes('//') || AMBIGUOUS_ESCAPE.test(path)) return false;
  return !path.split('/').some((segment) => segment === '.' || segment === '..');
}

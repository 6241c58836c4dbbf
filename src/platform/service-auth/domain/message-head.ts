import { SignatureRefused } from './signature-refused.js';
import { readTarget } from './request-target.js';

/** A request's head as it came over the connection. */
export interface ReceivedHead {
  readonly method: string;
  /** The request target as in the request line. */
  readonly target: string;
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[];
  /** Whether the connection is encrypted, which tells the scheme. */
  readonly isEncrypted: boolean;
}

/** A request's head, ready for signing: unambiguous target, each security header at most once. */
export interface MessageHead {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly scheme: 'http' | 'https';
  /** By lower-cased name; those that may come several times are joined with `, `. */
  readonly headers: ReadonlyMap<string, string>;
}

/** Headers of a message that a signature covers wherever they are present. */
export const COVERED_HEADERS = ['content-type', 'content-encoding', 'x-tenant-id', 'x-correlation-id', 'idempotency-key'] as const;

export type CoveredHeader = (typeof COVERED_HEADERS)[number];

/** Headers that carry the signature itself in the `X-Service-*` profile. */
export const SERVICE_HEADERS = [
  'x-service-name',
  'x-service-timestamp',
  'x-service-nonce',
  'x-service-key-id',
  'x-service-signature',
] as const;

/** Headers that carry the signature itself by RFC 9421. */
export const MESSAGE_SIGNATURE_HEADERS = ['signature', 'signature-input'] as const;

const ONCE: ReadonlySet<string> = new Set([
  ...COVERED_HEADERS,
  ...SERVICE_HEADERS,
  ...MESSAGE_SIGNATURE_HEADERS,
  'content-digest',
  'content-length',
  'transfer-encoding',
  'host',
]);
const METHOD = /^[A-Z]{1,20}$/;

/**
 * Reads the head of a request whose signature is to be checked.
 * @throws SignatureRefused where a security header is repeated or the target can be understood in more than one way.
 */
export function readHead({ method, target, rawHeaders, isEncrypted }: ReceivedHead): MessageHead {
  if (!METHOD.test(method)) throw new SignatureRefused('malformed');
  const headers = new Map<string, string>();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? '').toLowerCase();
    const value = withoutMargin(rawHeaders[at + 1] ?? '');
    const earlier = headers.get(name);
    if (earlier !== undefined && ONCE.has(name)) throw new SignatureRefused('repeated_header');
    headers.set(name, earlier === undefined ? value : `${earlier}, ${value}`);
  }
  return { method, ...readTarget(target), scheme: isEncrypted ? 'https' : 'http', headers };
}

/** Without the spaces and tabs around it (RFC 9110 §5.5), and without those alone: other white space belongs to the value. */
function withoutMargin(text: string): string {
  const isMargin = (at: number): boolean => text[at] === ' ' || text[at] === '\t';
  let start = 0;
  let end = text.length;
  while (start < end && isMargin(start)) start += 1;
  while (end > start && isMargin(end - 1)) end -= 1;
  return text.slice(start, end);
}

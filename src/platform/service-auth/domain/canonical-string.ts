import { COVERED_HEADERS, type CoveredHeader, type MessageHead } from './message-head.js';
import { SignatureRefused } from './signature-refused.js';

/** Name of the profile; the canonical string begins with it, so that no signature of another scheme is one of this. */
export const GATRA_PROFILE = 'GATRA1-HMAC-SHA256';

/** The lines of the canonical string, in their order. */
export const CANONICAL_LINES = [
  'profile',
  'key-id',
  'sender',
  'receiver',
  'timestamp',
  'nonce',
  'method',
  'path',
  'query',
  ...COVERED_HEADERS,
  'body-sha256',
] as const;

export type CanonicalLine = (typeof CANONICAL_LINES)[number];

/** What each line says. */
export type CanonicalParts = Readonly<Record<CanonicalLine, string>>;

/** Stands for a header that is absent, so no header may have it as its value. */
const ABSENT = '-';
const VISIBLE = /^[ -~]*$/;

/**
 * The text that a signature of the profile is made over: its parts, one a line, without a last line feed.
 * @throws SignatureRefused where a part is not visible ASCII, and so could hold a line feed.
 */
export function canonicalString(parts: CanonicalParts, lines: readonly CanonicalLine[] = CANONICAL_LINES): string {
  const texts = lines.map((line) => parts[line]);
  if (!texts.every((text) => VISIBLE.test(text))) throw new SignatureRefused('malformed');
  return texts.join('\n');
}

/** The parts of the canonical string that are the message's own headers. @throws SignatureRefused for values that cannot be signed. */
export function headerParts({ headers }: Pick<MessageHead, 'headers'>): Readonly<Record<CoveredHeader, string>> {
  const parts = COVERED_HEADERS.map((name): [CoveredHeader, string] => {
    const value = headers.get(name);
    if (value === ABSENT || (value !== undefined && !VISIBLE.test(value))) throw new SignatureRefused('malformed');
    return [name, value ?? ABSENT];
  });
  return Object.fromEntries(parts) as Record<CoveredHeader, string>;
}

import type { MessageHead } from './message-head.js';
import { SignatureRefused } from './signature-refused.js';

const VISIBLE = /^[ -~]*$/;

/** Values of the derived components (RFC 9421 §2.2). Path and query are taken as they came. */
const DERIVED: Readonly<Record<string, (head: MessageHead) => string | undefined>> = {
  '@method': ({ method }) => method,
  '@authority': authorityOf,
  '@path': ({ path }) => path,
  '@query': ({ query }) => `?${query}`,
  '@target-uri': (head) => {
    const authority = authorityOf(head);
    const query = head.query === '' ? '' : `?${head.query}`;
    return authority === undefined ? undefined : `${head.scheme}://${authority}${head.path}${query}`;
  },
};

/**
 * The signature base (RFC 9421 §2.5).
 * @param parameters the value of `@signature-params`.
 * @throws SignatureRefused where a component is unknown, or absent from the message.
 */
export function signatureBase(head: MessageHead, components: readonly string[], parameters: string): string {
  const lines = components.map((name) => {
    const value = name.startsWith('@') ? DERIVED[name]?.(head) : head.headers.get(name);
    if (value === undefined || !VISIBLE.test(value)) throw new SignatureRefused('malformed');
    return `"${name}": ${value}`;
  });
  return [...lines, `"@signature-params": ${parameters}`].join('\n');
}

/** `Host`, where it is written in the one way that RFC 9421 §2.2.3 normalises to. */
function authorityOf({ headers, scheme }: MessageHead): string | undefined {
  const host = headers.get('host');
  const isNormal = host !== undefined && host === host.toLowerCase() && !host.endsWith(scheme === 'http' ? ':80' : ':443');
  return isNormal ? host : undefined;
}

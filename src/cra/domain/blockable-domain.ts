const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
/** Names that only mean something inside a network (RFC 6761, RFC 6762, RFC 8375, and ICANN's `.internal`). */
const INTERNAL = ['localhost', 'local', 'internal', 'intranet', 'lan', 'home', 'corp', 'localdomain', 'arpa', 'invalid', 'onion'];

/** A domain in the one form that lists hold it in, or why it is not to be blocked. */
export type BlockableDomain = { readonly domain: string } | { readonly refusal: string };

/**
 * Brings a domain to lower case without its last dot, and refuses what would block a whole top level or the network's own names.
 * International names are taken in their ASCII form (RFC 5890) only.
 */
export function blockableDomain(text: string): BlockableDomain {
  const domain = text.toLowerCase().replace(/\.$/, '');
  const labels = domain.split('.');
  if (domain.length > 253 || !labels.every((label) => LABEL.test(label))) return { refusal: 'is not a domain name in ASCII form' };
  const top = labels.at(-1) ?? '';
  if (labels.length < 2) return { refusal: 'is a single label' };
  if (/^[0-9]+$/.test(top)) return { refusal: 'is not a domain name' };
  if (INTERNAL.includes(top)) return { refusal: 'is a name of the inner network' };
  return { domain };
}

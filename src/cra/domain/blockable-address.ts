import { ipVersion } from '../../events/ip-address.js';

/** Ranges that must never reach a firewall's block list (IANA special-purpose registries, RFC 6890), with what they are. */
const NEVER: readonly (readonly [network: string, prefix: number, what: string])[] = [
  ['0.0.0.0', 8, 'unspecified'],
  ['10.0.0.0', 8, 'private'],
  ['100.64.0.0', 10, 'carrier-grade NAT'],
  ['127.0.0.0', 8, 'loopback'],
  ['169.254.0.0', 16, 'link-local'],
  ['172.16.0.0', 12, 'private'],
  ['192.0.0.0', 24, 'reserved'],
  ['192.168.0.0', 16, 'private'],
  ['224.0.0.0', 4, 'multicast'],
  ['240.0.0.0', 4, 'reserved'],
  ['::', 96, 'loopback or unspecified'],
  ['64:ff9b::', 96, 'NAT64'],
  ['64:ff9b:1::', 48, 'NAT64'],
  ['100::', 64, 'discard-only'],
  ['2002::', 16, '6to4'],
  ['fc00::', 7, 'private'],
  ['fe80::', 10, 'link-local'],
  ['fec0::', 10, 'private'],
  ['ff00::', 8, 'multicast'],
];

const RANGES = NEVER.map(([network, prefix, what]) => ({ ...toNumber(network), prefix, what }));

/** An address in the one form that lists hold it in, or why it is not to be blocked. */
export type BlockableAddress = { readonly address: string } | { readonly refusal: string };

/**
 * Brings an address to canonical form (RFC 5952; an IPv4-mapped one becomes IPv4) and refuses those whose blocking would cut a network
 * off from itself. Documentation ranges may be blocked: they are nobody's, and demonstrations use them as the outside.
 */
export function blockableAddress(text: string): BlockableAddress {
  if (ipVersion(text) === 0) return { refusal: 'is not an IP address' };
  const address = canonical(text);
  const { value, width } = toNumber(address);
  const found = RANGES.find((range) => {
    const rest = BigInt(width - range.prefix);
    return range.width === width && range.value >> rest === value >> rest;
  });
  return found ? { refusal: `is a ${found.what} address` } : { address };
}

/** URLs hold IPv6 addresses in the form of RFC 5952, but mapped IPv4 in hexadecimal. */
function canonical(text: string): string {
  if (ipVersion(text) === 4) return text;
  const address = new URL(`http://[${text}]`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address);
  if (!mapped) return address;
  const [high, low] = [parseInt(mapped[1] ?? '', 16), parseInt(mapped[2] ?? '', 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** A canonical address as a number of 32 or 128 bits. */
function toNumber(address: string): { readonly value: bigint; readonly width: number } {
  if (!address.includes(':')) {
    const bytes = address.split('.').map((byte) => BigInt(byte));
    return { value: bytes.reduce((value, byte) => (value << 8n) | byte, 0n), width: 32 };
  }
  const [head = '', tail] = address.split('::');
  const before = groupsOf(head);
  const after = groupsOf(tail ?? '');
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0n);
  return { value: [...before, ...zeros, ...after].reduce((value, group) => (value << 16n) | group, 0n), width: 128 };
}

function groupsOf(text: string): readonly bigint[] {
  return text === '' ? [] : text.split(':').map((group) => BigInt(`0x${group}`));
}

import { BlockList, isIP, SocketAddress } from 'node:net';

/** Ranges that must never reach a firewall's block list (IANA special-purpose registries, RFC 6890), with what they are. */
const NEVER: readonly (readonly [string, number, 'ipv4' | 'ipv6', string])[] = [
  ['0.0.0.0', 8, 'ipv4', 'unspecified'],
  ['10.0.0.0', 8, 'ipv4', 'private'],
  ['100.64.0.0', 10, 'ipv4', 'carrier-grade NAT'],
  ['127.0.0.0', 8, 'ipv4', 'loopback'],
  ['169.254.0.0', 16, 'ipv4', 'link-local'],
  ['172.16.0.0', 12, 'ipv4', 'private'],
  ['192.0.0.0', 24, 'ipv4', 'reserved'],
  ['192.168.0.0', 16, 'ipv4', 'private'],
  ['224.0.0.0', 4, 'ipv4', 'multicast'],
  ['240.0.0.0', 4, 'ipv4', 'reserved'],
  ['::', 96, 'ipv6', 'unspecified or loopback'],
  ['64:ff9b::', 96, 'ipv6', 'NAT64'],
  ['64:ff9b:1::', 48, 'ipv6', 'NAT64'],
  ['100::', 64, 'ipv6', 'discard-only'],
  ['2002::', 16, 'ipv6', '6to4'],
  ['fc00::', 7, 'ipv6', 'private'],
  ['fe80::', 10, 'ipv6', 'link-local'],
  ['fec0::', 10, 'ipv6', 'private'],
  ['ff00::', 8, 'ipv6', 'multicast'],
];

const LISTS = NEVER.map(([network, prefix, family, what]) => {
  const list = new BlockList();
  list.addSubnet(network, prefix, family);
  return { list, what };
});

/** An address in the one form that lists hold it in, or why it is not to be blocked. */
export type BlockableAddress = { readonly address: string } | { readonly refusal: string };

/**
 * Brings an address to canonical form (RFC 5952; an IPv4-mapped one becomes IPv4) and refuses those whose blocking would cut a network
 * off from itself. Documentation ranges may be blocked: they are nobody's, and demonstrations use them as the outside.
 */
export function blockableAddress(text: string): BlockableAddress {
  if (isIP(text) === 0 || text.includes('%')) return { refusal: 'is not an IP address' };
  const address = canonical(text);
  const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
  const found = LISTS.find(({ list }) => list.check(address, family));
  return found ? { refusal: `is a ${found.what} address` } : { address };
}

function canonical(text: string): string {
  if (isIP(text) === 4) return text;
  const { address } = new SocketAddress({ address: text, family: 'ipv6' });
  const mapped = /^::ffff:([0-9.]+)$/i.exec(address)?.[1];
  return mapped ?? address;
}

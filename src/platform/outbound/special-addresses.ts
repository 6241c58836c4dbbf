import { isInBlock, type IpBlock, parseIpBlock } from '../../events/ip-block.js';

/** What an address that is not everybody's is. */
export interface SpecialAddress {
  readonly what: string;
  /** A network of one's own, where an operator may have receivers. The others hold none: only naming their block opens them. */
  readonly isInternal: boolean;
}

/**
 * Address blocks that are not everybody's: the IANA registries of special-purpose addresses (RFC 6890 and what updates it) and the addresses at
 * which clouds hand out credentials. The first that holds an address says what it is.
 */
const SPECIAL: readonly (readonly [block: string, what: string, isInternal?: 'internal'])[] = [
  ['169.254.169.254/32', 'metadata'],
  ['100.100.100.200/32', 'metadata'],
  ['168.63.129.16/32', 'metadata'],
  ['fd00:ec2::/32', 'metadata'],
  ['fd20:ce::/64', 'metadata'],
  ['0.0.0.0/8', 'unspecified'],
  ['10.0.0.0/8', 'private', 'internal'],
  ['100.64.0.0/10', 'carrier-grade NAT', 'internal'],
  ['127.0.0.0/8', 'loopback', 'internal'],
  ['169.254.0.0/16', 'link-local'],
  ['172.16.0.0/12', 'private', 'internal'],
  ['192.0.0.0/24', 'protocol assignment'],
  ['192.0.2.0/24', 'documentation'],
  ['192.88.99.0/24', '6to4 relay'],
  ['192.168.0.0/16', 'private', 'internal'],
  ['198.18.0.0/15', 'benchmarking'],
  ['198.51.100.0/24', 'documentation'],
  ['203.0.113.0/24', 'documentation'],
  ['224.0.0.0/4', 'multicast'],
  ['240.0.0.0/4', 'reserved or broadcast'],
  ['::1/128', 'loopback', 'internal'],
  ['::/96', 'unspecified or IPv4-compatible'],
  ['64:ff9b::/96', 'NAT64'],
  ['64:ff9b:1::/48', 'NAT64'],
  ['2001::/32', 'Teredo'],
  ['2001::/23', 'protocol assignment'],
  ['2001:db8::/32', 'documentation'],
  ['2002::/16', '6to4'],
  ['3fff::/20', 'documentation'],
  ['fc00::/7', 'private', 'internal'],
  ['fe80::/10', 'link-local'],
  ['fec0::/10', 'site-local'],
  ['ff00::/8', 'multicast'],
];

const BLOCKS = SPECIAL.flatMap(([text, what, internal]) => {
  const block = parseIpBlock(text);
  return block ? [{ block, special: { what, isInternal: internal === 'internal' } }] : [];
});

/** IPv6 gives out addresses of this block alone (RFC 4291 section 2.4). */
const GLOBAL_UNICAST: IpBlock = { version: 6, first: 0x2000n << 112n, bits: 3 };

/** What is special about an address; `undefined` for one that is everybody's. IPv4 in IPv6 is to be given as IPv4. */
export function specialAddress(address: IpBlock): SpecialAddress | undefined {
  const found = BLOCKS.find(({ block }) => isInBlock(block, address));
  if (found) return found.special;
  return address.version === 4 || isInBlock(GLOBAL_UNICAST, address) ? undefined : { what: 'reserved', isInternal: false };
}

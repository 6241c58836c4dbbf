import { ipVersion, plainAddress } from './ip-address.js';

/** A block of addresses: those whose first `bits` bits are those of `first`. */
export interface IpBlock {
  readonly version: 4 | 6;
  readonly first: bigint;
  readonly bits: number;
}

const WIDTH = { 4: 32, 6: 128 } as const;
const MAX_LENGTH = 49;
/** First 96 bits of an IPv4 address in IPv6 (RFC 4291 section 2.5.5.2). */
const MAPPED = 0xffffn;

/** Reads `192.0.2.0/24`, `2001:db8::/32` or a single address; bits after the prefix are dropped. `undefined` where it is neither. */
export function parseIpBlock(text: string): IpBlock | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const [address = '', length, ...rest] = text.split('/');
  const plain = plainAddress(address);
  const version = ipVersion(plain);
  if (version === 0 || rest.length > 0 || (length !== undefined && !/^\d{1,3}$/.test(length))) return undefined;
  const bits = length === undefined ? WIDTH[version] : Number(length);
  if (bits > WIDTH[version]) return undefined;
  const number = version === 4 ? numberOfIpv4(plain) : numberOfIpv6(plain);
  return { version, first: prefixOf(number, bits, version), bits };
}

/** Reads a single address, without a length or a zone; an IPv4 address in IPv6 (`::ffff:a00:1`) is that IPv4 address. */
export function parseIpAddress(text: string): IpBlock | undefined {
  const block = text.includes('/') ? undefined : parseIpBlock(text);
  if (block?.version !== 6 || block.first >> 32n !== MAPPED) return block;
  return { version: 4, first: block.first & 0xffff_ffffn, bits: 32 };
}

/** Tells whether the first address of `inner` lies in `outer`. */
export function isInBlock(outer: IpBlock, inner: IpBlock): boolean {
  return outer.version === inner.version && prefixOf(inner.first, outer.bits, outer.version) === outer.first;
}

/** The first `bits` bits of an address, the rest 0. */
export function prefixOf(address: bigint, bits: number, version: 4 | 6): bigint {
  const rest = BigInt(WIDTH[version] - bits);
  return (address >> rest) << rest;
}

/** Canonical text: a single address without a length; IPv6 in full, lower-cased, without leading zeros. */
export function formatIpBlock({ version, first, bits }: IpBlock): string {
  const address = version === 4 ? formatIpv4(first) : formatIpv6(first);
  return bits === WIDTH[version] ? address : `${address}/${bits}`;
}

function numberOfIpv4(text: string): bigint {
  return text.split('.').reduce((number, part) => (number << 8n) | BigInt(part), 0n);
}

function numberOfIpv6(text: string): bigint {
  const [head = '', tail] = text.split('::');
  const front = groupsOf(head);
  const back = tail === undefined ? [] : groupsOf(tail);
  const middle = Array.from({ length: 8 - front.length - back.length }, () => 0n);
  return [...front, ...middle, ...back].reduce((number, group) => (number << 16n) | group, 0n);
}

function groupsOf(text: string): bigint[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [BigInt(`0x${group}`)];
    const v4 = numberOfIpv4(group);
    return [v4 >> 16n, v4 & 0xffffn];
  });
}

function formatIpv4(address: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (address >> shift) & 0xffn).join('.');
}

function formatIpv6(address: bigint): string {
  return [112n, 96n, 80n, 64n, 48n, 32n, 16n, 0n].map((shift) => ((address >> shift) & 0xffffn).toString(16)).join(':');
}

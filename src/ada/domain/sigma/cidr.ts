import { SigmaError } from './sigma-error.js';

/** A block of addresses: the first `bits` bits of `address` (4 or 16 bytes) are common to all of them. */
export interface CidrRange {
  readonly text: string;
  readonly address: readonly number[];
  readonly bits: number;
}

const MAX_ADDRESS = 45;
const IPV4_BYTES = 4;
const IPV6_GROUPS = 8;

/**
 * Reads `10.0.0.0/8` or `2001:db8::/32`; without a length the address alone.
 * @throws SigmaError when it is not an address block.
 */
export function parseCidr(text: string): CidrRange {
  const [address = '', length, ...rest] = text.trim().split('/');
  const bytes = parseAddress(address);
  if (bytes === undefined || rest.length > 0 || (length !== undefined && !/^\d{1,3}$/.test(length))) {
    throw new SigmaError(`not an address block: ${text.slice(0, MAX_ADDRESS)}`);
  }
  const bits = length === undefined ? bytes.length * 8 : Number(length);
  if (bits > bytes.length * 8) throw new SigmaError(`prefix length out of range: ${text.slice(0, MAX_ADDRESS)}`);
  return { text: text.trim().toLowerCase(), address: bytes, bits };
}

let lastText = '';
let lastAddress: number[] | undefined;

/** Tells whether a text is an address inside the block. An IPv4 address written in IPv6 (`::ffff:10.0.0.1`) counts as IPv4. */
export function cidrContains(range: CidrRange, text: string): boolean {
  if (text !== lastText) [lastText, lastAddress] = [text, parseAddress(text)];
  const bytes = lastAddress;
  if (bytes === undefined) return false;
  const candidate = bytes.length !== range.address.length && isMappedIpv4(bytes) ? bytes.slice(-IPV4_BYTES) : bytes;
  if (candidate.length !== range.address.length) return false;
  const whole = range.bits >> 3;
  for (let i = 0; i < whole; i++) if (candidate[i] !== range.address[i]) return false;
  const rest = range.bits & 7;
  if (rest === 0) return true;
  const mask = (0xff << (8 - rest)) & 0xff;
  return ((candidate[whole] ?? 0) & mask) === ((range.address[whole] ?? 0) & mask);
}

function parseAddress(text: string): number[] | undefined {
  if (text.length > MAX_ADDRESS) return undefined;
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

function parseIpv4(text: string): number[] | undefined {
  const parts = text.split('.');
  if (parts.length !== IPV4_BYTES) return undefined;
  const bytes = parts.map((part) => (/^(?:0|[1-9]\d{0,2})$/.test(part) ? Number(part) : 256));
  return bytes.every((byte) => byte < 256) ? bytes : undefined;
}

function parseIpv6(text: string): number[] | undefined {
  const halves = withoutZone(text).split('::');
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0] ?? '', halves.length === 1);
  const tail = parseGroups(halves[1] ?? '', true);
  if (head === undefined || tail === undefined) return undefined;
  const missing = IPV6_GROUPS * 2 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined;
  return [...head, ...Array.from({ length: missing }, () => 0), ...tail];
}

/** Bytes of colon-separated groups; the last may be dotted IPv4 where `dotted` allows. */
function parseGroups(text: string, dotted: boolean): number[] | undefined {
  if (text === '') return [];
  const bytes: number[] = [];
  const groups = text.split(':');
  for (const [index, group] of groups.entries()) {
    const last = index === groups.length - 1;
    const ipv4 = last && dotted && group.includes('.') ? parseIpv4(group) : undefined;
    if (ipv4 !== undefined) bytes.push(...ipv4);
    else if (/^[0-9a-f]{1,4}$/i.test(group)) bytes.push(Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff);
    else return undefined;
  }
  return bytes;
}

function withoutZone(text: string): string {
  const at = text.indexOf('%');
  return at < 0 ? text : text.slice(0, at);
}

function isMappedIpv4(bytes: readonly number[]): boolean {
  return bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
}

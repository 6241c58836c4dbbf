import { isInBlock, type IpBlock, parseIpAddress, parseIpBlock } from '../../events/ip-block.js';
import { specialAddress } from './special-addresses.js';

/** What may be called although it is not public. */
export interface Allowance {
  readonly blocks: readonly IpBlock[];
  /** Host names, lower-cased; their addresses may be internal ones. */
  readonly hosts: ReadonlySet<string>;
}

const NAME = /^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i;

/** Tells whether a text is what an allow-list may hold: an address block (CIDR), an address or a host name. */
export function isAllowanceEntry(text: string): boolean {
  return parseIpBlock(text) !== undefined || (NAME.test(plainName(text)) && !/(?:^|\.)\d+\.?$/.test(text));
}

/** Reads an allow-list; what `isAllowanceEntry` refuses is left out. */
export function readAllowance(entries: readonly string[]): Allowance {
  const valid = entries.filter(isAllowanceEntry);
  const blocks = valid.map((entry) => parseIpAddress(entry) ?? parseIpBlock(entry)).filter((block) => block !== undefined);
  return { blocks, hosts: new Set(valid.filter((entry) => parseIpBlock(entry) === undefined).map(plainName)) };
}

/** A host name as allow-lists compare it: lower-cased, without the root's dot. */
export function plainName(host: string): string {
  const lower = host.toLowerCase();
  return lower.endsWith('.') ? lower.slice(0, -1) : lower;
}

/**
 * Why a host's address may not be called, in words; `undefined` where it may. Naming a host allows its internal addresses, not those that nobody's
 * receiver has (link-local, multicast, metadata): these are allowed by their block alone.
 */
export function addressFault(address: string, host: string, allowance: Allowance): string | undefined {
  const parsed = parseIpAddress(address);
  if (!parsed) return 'is no address';
  const special = specialAddress(parsed);
  if (!special || allowance.blocks.some((block) => isInBlock(block, parsed))) return undefined;
  if (special.isInternal && allowance.hosts.has(plainName(host))) return undefined;
  return `is a ${special.what} address`;
}

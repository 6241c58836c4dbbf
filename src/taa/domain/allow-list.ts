import { type IpBlock, parseIpBlock } from '../../events/ip-block.js';
import type { IndicatorValue } from './indicator.js';
import { AddressBlocks } from './lookup/address-blocks.js';

/**
 * Values that are no sign of anything, whatever a feed says (warning lists): a domain stands for all below it, a block for all addresses in it; other values for
 * themselves, so that a domain that is allowed does not allow what lies at its URLs.
 */
export class AllowList {
  private readonly exact = new Set<string>();
  private readonly blocks = new AddressBlocks<true>();

  constructor(values: Iterable<IndicatorValue>) {
    for (const { type, value } of values) {
      const block = type === 'ip' ? parseIpBlock(value) : undefined;
      if (block === undefined) this.exact.add(`${type} ${value}`);
      else this.blocks.add(block, true);
    }
  }

  covers({ type, value }: IndicatorValue): boolean {
    if (type === 'ip') return isCovered(this.blocks, parseIpBlock(value));
    if (type !== 'domain') return this.exact.has(`${type} ${value}`);
    for (let at = 0; at !== -1; at = value.indexOf('.', at + 1)) {
      if (this.exact.has(`domain ${value.slice(at === 0 ? 0 : at + 1)}`)) return true;
    }
    return false;
  }
}

function isCovered(blocks: AddressBlocks<true>, block: IpBlock | undefined): boolean {
  return block !== undefined && blocks.containing(block).next().done !== true;
}

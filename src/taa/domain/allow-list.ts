import { formatIpBlock, type IpBlock, parseIpBlock, prefixOf } from '../../events/ip-block.js';
import { INDICATOR_TYPES, type IndicatorType, type IndicatorValue } from './indicator.js';
import { urlKeys } from './lookup/url-key.js';
import { ValueTable, type ValueTableImage } from './lookup/value-table.js';
import { registryKey } from './registry-key.js';
import { VALUE_KEYS } from './value-keys.js';

/** What an allow-list holds, in memory that threads share. */
export interface AllowListImage {
  readonly table: ValueTableImage;
  /** Lengths of the prefixes of the blocks of addresses that there are. */
  readonly lengths: { readonly 4: readonly number[]; readonly 6: readonly number[] };
}

/**
 * Values that are no sign of anything, whatever a feed says (warning lists): a domain stands for all below it, a block for all addresses in it; other values for
 * themselves, so that a domain that is allowed does not allow what lies at its URLs.
 */
export class AllowList {
  private readonly table: ValueTable;

  /** @param image that of another one. */
  constructor(readonly image: AllowListImage) {
    this.table = new ValueTable(image.table);
  }

  /** @throws RangeError beyond four million values. */
  static of(values: Iterable<IndicatorValue>): AllowList {
    const table = new ValueTable();
    const lengths = { 4: new Set<number>(), 6: new Set<number>() };
    for (const { type, value } of values) {
      const block = type === 'ip' ? parseIpBlock(value) : undefined;
      if (block !== undefined) lengths[block.version].add(block.bits);
      const key = block === undefined ? keyOf(type, value) : formatIpBlock(block);
      table.add(INDICATOR_TYPES.indexOf(type), key, 0);
    }
    return new AllowList({ table: table.image(), lengths: { 4: [...lengths[4]], 6: [...lengths[6]] } });
  }

  /** Whether a value is on the list, as an indicator has it or as it was seen. */
  covers({ type, value }: IndicatorValue): boolean {
    if (type === 'ip') return this.coversBlock(parseIpBlock(value));
    const key = keyOf(type, value);
    if (type !== 'domain') return this.holds(type, key);
    for (let at = 0; at !== -1; at = key.indexOf('.', at + 1)) {
      if (this.holds('domain', key.slice(at === 0 ? 0 : at + 1))) return true;
    }
    return false;
  }

  private coversBlock(block: IpBlock | undefined): boolean {
    if (block === undefined) return false;
    const { version, first } = block;
    return this.image.lengths[version].some(
      (bits) => bits <= block.bits && this.holds('ip', formatIpBlock({ version, first: prefixOf(first, bits, version), bits })),
    );
  }

  private holds(type: IndicatorType, key: string): boolean {
    let isHeld = false;
    this.table.find(INDICATOR_TYPES.indexOf(type), key, () => (isHeld = true));
    return isHeld;
  }
}

function keyOf(type: IndicatorType, value: string): string {
  switch (type) {
    case 'ip':
      return value;
    case 'domain':
      return value.toLowerCase().replace(/\.$/, '');
    case 'url':
      return urlKeys(value)?.[0] ?? value;
    case 'registry_key':
      return registryKey(value) ?? value;
    case 'file_name':
    case 'file_hash':
    case 'email':
    case 'mutex':
      return VALUE_KEYS[type](value);
  }
}

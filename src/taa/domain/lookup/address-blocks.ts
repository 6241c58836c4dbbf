import { type IpBlock, prefixOf } from '../../../events/ip-block.js';

type ByFirst<T> = Map<number | bigint, T[]>;

/** Blocks of addresses by the length of their prefix: a look-up costs one step a length that there is. */
export class AddressBlocks<T> {
  private readonly four = new Map<number, ByFirst<T>>();
  private readonly six = new Map<number, ByFirst<T>>();

  add(block: IpBlock, item: T): void {
    const lengths = block.version === 4 ? this.four : this.six;
    const ofLength = lengths.get(block.bits) ?? new Map<number | bigint, T[]>();
    lengths.set(block.bits, ofLength);
    const first = block.version === 4 ? Number(block.first) : block.first;
    const items = ofLength.get(first);
    if (items === undefined) ofLength.set(first, [item]);
    else items.push(item);
  }

  /** What was added with blocks that hold the whole of this one. */
  *containing({ version, first, bits }: IpBlock): Generator<T> {
    const lengths = version === 4 ? this.four : this.six;
    for (const [length, ofLength] of lengths) {
      if (length > bits) continue;
      const prefix = version === 4 ? prefixOfIpv4(Number(first), length) : prefixOf(first, length, 6);
      yield* ofLength.get(prefix) ?? [];
    }
  }

  /** The same of one IPv4 address, as a number. */
  *holding(address: number): Generator<T> {
    for (const [length, ofLength] of this.four) yield* ofLength.get(prefixOfIpv4(address, length)) ?? [];
  }

  isEmptyFor(version: 4 | 6): boolean {
    return (version === 4 ? this.four : this.six).size === 0;
  }
}

function prefixOfIpv4(address: number, length: number): number {
  return length === 0 ? 0 : ((address >>> (32 - length)) << (32 - length)) >>> 0;
}

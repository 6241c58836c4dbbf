import { formatIpBlock, parseIpBlock } from '../../events/ip-block.js';
import type { AllowList, AllowListImage } from './allow-list.js';
import { INDICATOR_TYPES, type Indicator, type IndicatorType, type IndicatorValue } from './indicator.js';
import { IndicatorColumns, type IndicatorColumnsImage } from './indicator-columns.js';
import { ipv6BlockHash } from './lookup/ipv6-words.js';
import { NumberColumn } from './lookup/number-column.js';
import { urlKeys } from './lookup/url-key.js';
import { urlHash } from './lookup/url-screen.js';
import { blockHash, digestHash, keyOf, textHash, ValueScreen } from './lookup/value-screen.js';
import { ValueTable, type ValueTableImage } from './lookup/value-table.js';
import { type IndexedPattern, indexedPatterns, readForIndex, type ReadPattern } from './pattern-index.js';

/** What keeps an indicator from being matched. */
export interface MatchGates {
  /** Of these lists any one is enough. */
  readonly allowLists?: readonly AllowList[];
  /** Least confidence, 0 to 1. */
  readonly leastConfidence?: number;
}

/** A tenant's indicators that may match, compiled to look-ups, in memory that threads share. It never changes. */
export interface IndicatorImage {
  readonly table: ValueTableImage;
  readonly columns: IndicatorColumnsImage;
  /** Of a `ValueScreen`. */
  readonly screen: Uint32Array;
  /** Values by the number of their type. */
  readonly counts: readonly number[];
  /** Lengths of the prefixes of the blocks of addresses that there are. */
  readonly lengths: { readonly 4: readonly number[]; readonly 6: readonly number[] };
  readonly patterns: readonly IndexedPattern[];
  /** What is no sign of anything when it is seen. */
  readonly allowed: readonly AllowListImage[];
}

/** The types of values as numbers, and blocks of addresses as one more. */
export const KINDS = Object.fromEntries(INDICATOR_TYPES.map((type, number) => [type, number])) as Readonly<Record<IndicatorType, number>>;
export const BLOCK = INDICATOR_TYPES.length;
const WIDTH = { 4: 32, 6: 128 } as const;
const HASHES: Partial<Record<IndicatorType, (key: string) => number>> = { url: urlHash, file_hash: digestHash };
const MOST_PATTERNS = 20_000;

/** Compiles indicators. Left out are revoked ones, those that are not sure enough, values that an allow-list covers, and patterns beyond 20,000. */
export class IndicatorCompiler {
  private readonly table = new ValueTable();
  private readonly columns = new IndicatorColumns();
  private readonly hashes = NumberColumn.of32();
  private readonly counts = INDICATOR_TYPES.map(() => 0);
  private readonly lengths = { 4: new Set<number>(), 6: new Set<number>() };
  private readonly patterns: ReadPattern[] = [];

  constructor(private readonly gates: MatchGates = {}) {}

  add(indicator: Indicator): void {
    const { allowLists = [], leastConfidence = 0 } = this.gates;
    if (indicator.revoked || indicator.confidence < leastConfidence) return;
    if (indicator.pattern !== undefined) this.addPattern(indicator, indicator.pattern);
    const values = indicator.values.filter((value) => !allowLists.some((list) => list.covers(value)));
    if (values.length === 0) return;
    const number = this.columns.add(indicator);
    for (const value of values) this.addValue(value, number);
  }

  /** What was added; nothing may be added afterwards. */
  image(): IndicatorImage {
    return {
      table: this.table.image(),
      columns: this.columns.image(),
      screen: ValueScreen.wordsOf(this.hashes),
      counts: this.counts,
      lengths: { 4: [...this.lengths[4]], 6: [...this.lengths[6]] },
      patterns: indexedPatterns(this.patterns),
      allowed: (this.gates.allowLists ?? []).map(({ image }) => image),
    };
  }

  private addValue({ type, value }: IndicatorValue, number: number): void {
    const kind = KINDS[type];
    this.counts[kind] = (this.counts[kind] ?? 0) + 1;
    if (type === 'ip') return this.addAddress(value, number);
    const key = type === 'url' ? (urlKeys(value)?.[0] ?? value) : value;
    this.table.add(kind, key, number);
    const hash = HASHES[type]?.(key) ?? textHash(key);
    if (hash !== -1) this.hashes.push(keyOf(kind, hash));
  }

  private addAddress(value: string, number: number): void {
    const block = parseIpBlock(value);
    if (block === undefined) return;
    const isBlock = block.bits < WIDTH[block.version];
    if (isBlock) this.lengths[block.version].add(block.bits);
    this.table.add(isBlock ? BLOCK : KINDS.ip, formatIpBlock(block), number);
    const hash = block.version === 4 ? blockHash(Number(block.first), block.bits) : ipv6BlockHash(wordsOf(block.first), block.bits);
    this.hashes.push(keyOf(KINDS.ip, hash));
  }

  private addPattern(indicator: Indicator, text: string): void {
    if (this.patterns.length === MOST_PATTERNS) return;
    const pattern = readForIndex(this.columns.add(indicator), text);
    if (pattern !== undefined) this.patterns.push(pattern);
  }
}

function wordsOf(address: bigint): Uint32Array {
  return Uint32Array.from([96n, 64n, 32n, 0n], (shift) => Number((address >> shift) & 0xffff_ffffn));
}

/** Compiles indicators in one go. */
export function compileIndicators(indicators: Iterable<Indicator>, gates?: MatchGates): IndicatorImage {
  const compiler = new IndicatorCompiler(gates);
  for (const indicator of indicators) compiler.add(indicator);
  return compiler.image();
}

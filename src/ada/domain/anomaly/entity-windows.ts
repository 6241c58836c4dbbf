import type { KeyHash } from '../statistical/key-hash.js';
import { EDGE_TYPES, type EdgeType } from './typed-edges.js';

/** What is counted of an entity in a window, in the order of its vector. */
export const FEATURES = [...EDGE_TYPES, 'failed', 'different', 'first'] as const;

export type Feature = (typeof FEATURES)[number];

/** What one edge adds to its entity's window. */
export interface WindowStep {
  readonly type: EdgeType;
  readonly isFailure: boolean;
  /** The counterpart was not met in this window before, and never before. */
  readonly isDifferent: boolean;
  readonly isFirst: boolean;
}

const WAYS = 4;
const LOW = 0;
const HIGH = 1;
const WINDOW = 2;
const EVENTS = 3;
const COUNTS = 4;
const FIELDS = COUNTS + FEATURES.length;

/** Counts what entities do in tumbling windows, in fixed memory: a newcomer takes the place of the one longest silent among four. */
export class EntityWindows {
  private readonly table: Uint32Array;
  private readonly sets: number;

  /** @param entities how many are held, a power of two and at least 4. */
  constructor(entities: number) {
    this.table = new Uint32Array(entities * FIELDS);
    this.sets = entities / WAYS;
  }

  /**
   * Counts an edge.
   * @param window number of the window; one before the entity's latest counts into the latest.
   * @param vector takes the window's counts, as binary logarithms of one more than each.
   * @returns how many edges the entity has in the window.
   */
  count(entity: KeyHash, window: number, { type, isFailure, isDifferent, isFirst }: WindowStep, vector: Float64Array): number {
    const { table } = this;
    const slot = this.slotOf(entity, window);
    if (table[slot + WINDOW]! < window) {
      table.fill(0, slot + EVENTS, slot + FIELDS);
      table[slot + WINDOW] = window;
    }
    const counts = slot + COUNTS;
    table[counts + EDGE_TYPES.indexOf(type)]!++;
    if (isFailure) table[counts + EDGE_TYPES.length]!++;
    if (isDifferent) table[counts + EDGE_TYPES.length + 1]!++;
    if (isFirst) table[counts + EDGE_TYPES.length + 2]!++;
    for (let i = 0; i < FEATURES.length; i++) vector[i] = Math.log2(1 + table[counts + i]!);
    return ++table[slot + EVENTS]!;
  }

  get byteLength(): number {
    return this.table.byteLength;
  }

  write(target: DataView, offset: number): void {
    this.table.forEach((word, i) => target.setUint32(offset + i * 4, word, true));
  }

  read(source: DataView, offset: number): void {
    for (let i = 0; i < this.table.length; i++) this.table[i] = source.getUint32(offset + i * 4, true);
  }

  private slotOf({ low, high }: KeyHash, window: number): number {
    const { table } = this;
    const first = (low & (this.sets - 1)) * WAYS * FIELDS;
    let oldest = first;
    for (let slot = first; slot < first + WAYS * FIELDS; slot += FIELDS) {
      if (table[slot + LOW] === low >>> 0 && table[slot + HIGH] === high >>> 0) return slot;
      if (table[slot + WINDOW]! < table[oldest + WINDOW]!) oldest = slot;
    }
    table.fill(0, oldest, oldest + FIELDS);
    table[oldest + LOW] = low;
    table[oldest + HIGH] = high;
    table[oldest + WINDOW] = window;
    return oldest;
  }
}

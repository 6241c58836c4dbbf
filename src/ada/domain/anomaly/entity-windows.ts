import { EntitySlots } from '../statistical/entity-slots.js';
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
const EVENTS = 0;
const COUNTS = 1;
const FIELDS = COUNTS + FEATURES.length;

/** Counts what entities do in tumbling windows, in fixed memory. */
export class EntityWindows {
  /** Its state, for snapshots. */
  readonly kept: EntitySlots;

  /** @param entities how many are held, a power of two and at least 4. */
  constructor(entities: number) {
    this.kept = new EntitySlots({ entities, ways: WAYS, fields: FIELDS });
  }

  /**
   * Counts an edge.
   * @param window number of the window; one before the entity's latest counts into the latest.
   * @param vector takes the window's counts, as binary logarithms of one more than each.
   * @returns how many edges the entity has in the window.
   */
  count(entity: KeyHash, window: number, { type, isFailure, isDifferent, isFirst }: WindowStep, vector: Float64Array): number {
    const { integers: table } = this.kept;
    const slot = this.kept.slotOf(entity, window);
    if (this.kept.moveOn(slot, window)) table.fill(0, slot, slot + FIELDS);
    const counts = slot + COUNTS;
    table[counts + EDGE_TYPES.indexOf(type)]!++;
    if (isFailure) table[counts + EDGE_TYPES.length]!++;
    if (isDifferent) table[counts + EDGE_TYPES.length + 1]!++;
    if (isFirst) table[counts + EDGE_TYPES.length + 2]!++;
    for (let i = 0; i < FEATURES.length; i++) vector[i] = Math.log2(1 + table[counts + i]!);
    return ++table[slot + EVENTS]!;
  }
}

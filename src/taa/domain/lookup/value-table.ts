import { NumberColumn } from './number-column.js';
import { narrowed, TextColumn } from './text-column.js';

const FIRST_SLOTS = 1_024;
const PRIME = 0x01000193;
const BASIS = 0x811c9dc5;
const NONE = 0xffff_ffff;
/** A slot holds an entry and one in its lower bits, and a part of the hash above them, so that most values that are not there cost one look. */
const ENTRY_BITS = 22;
const ENTRY = (1 << ENTRY_BITS) - 1;

/** What a table holds, in memory that threads can share. */
export interface ValueTableImage {
  readonly slots: Uint32Array;
  readonly texts: readonly Uint8Array[];
  readonly refs: Float64Array;
  readonly kinds: Uint8Array;
  readonly owners: Uint32Array;
  readonly following: Uint32Array;
  readonly values: number;
}

/**
 * A hash table from values of several kinds to numbers, in arrays of numbers and bytes: some 30 bytes and the value for each entry, at most four million of them.
 * A look-up compares the value itself, so that none is mistaken for another. Open addressing with linear probing, at most half full; hashes are FNV-1a with a
 * final mix.
 */
export class ValueTable {
  private slots: Uint32Array;
  private readonly texts: TextColumn;
  private readonly refs: NumberColumn<Float64Array>;
  private readonly kinds: NumberColumn<Uint8Array>;
  private readonly owners: NumberColumn<Uint32Array>;
  /** By entry: the next one of the same value. */
  private readonly following: NumberColumn<Uint32Array>;
  private values: number;

  /** @param image what it holds. */
  constructor(image?: ValueTableImage) {
    this.slots = image?.slots ?? newSlots(FIRST_SLOTS);
    this.texts = new TextColumn(image?.texts);
    this.refs = NumberColumn.ofFloats(image?.refs);
    this.kinds = NumberColumn.of8(image?.kinds);
    this.owners = NumberColumn.of32(image?.owners);
    this.following = NumberColumn.of32(image?.following);
    this.values = image?.values ?? 0;
  }

  /** What it holds; nothing may be added afterwards. */
  image(): ValueTableImage {
    const { slots, texts, refs, kinds, owners, following, values } = this;
    return {
      slots,
      texts: texts.image(),
      refs: refs.image(),
      kinds: kinds.image(),
      owners: owners.image(),
      following: following.image(),
      values,
    };
  }

  /** @param kind 0 to 255. @param owner below 2^32. @throws RangeError beyond four million entries. */
  add(kind: number, value: string, owner: number): void {
    const text = narrowed(value);
    const hash = hashOf(kind, text, 0);
    const slot = this.slotOf(kind, text, 0, hash);
    const head = (this.slots[slot] ?? 0) & ENTRY;
    const ref = head === 0 ? this.texts.add(value) : this.refs.at(head - 1);
    const entry = this.refs.push(ref);
    if (entry + 1 >= ENTRY) throw new RangeError('the table is full');
    this.kinds.push(kind);
    this.owners.push(owner);
    this.following.push(head === 0 ? NONE : head - 1);
    this.slots[slot] = slotOfEntry(hash, entry);
    if (head === 0 && ++this.values * 2 > this.slots.length) this.grow();
  }

  /** Gives each owner of a value to `found`. @param start where the value begins in the text. */
  find(kind: number, value: string, found: (owner: number) => void, start = 0): void {
    const text = narrowed(value);
    if (text !== value && start > 0) return this.find(kind, value.slice(start), found);
    let entry = (this.slots[this.slotOf(kind, text, start, hashOf(kind, text, start))] ?? 0) & ENTRY;
    while (entry !== 0) {
      found(this.owners.at(entry - 1));
      entry = (this.following.at(entry - 1) + 1) >>> 0;
    }
  }

  /** The slot of a value, or the free one where it would go. */
  private slotOf(kind: number, text: string, start: number, hash: number): number {
    const { slots } = this;
    const mask = slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const held = slots[slot] ?? 0;
      if (held === 0) return slot;
      if (held >>> ENTRY_BITS !== hash >>> ENTRY_BITS) continue;
      const entry = (held & ENTRY) - 1;
      if (this.kinds.at(entry) === kind && this.texts.equals(this.refs.at(entry), text, start)) return slot;
    }
  }

  private grow(): void {
    const before = this.slots;
    this.slots = newSlots(before.length * 2);
    const mask = this.slots.length - 1;
    for (const held of before) {
      if (held === 0) continue;
      const entry = (held & ENTRY) - 1;
      let slot = hashOf(this.kinds.at(entry), narrowed(this.texts.at(this.refs.at(entry))), 0) & mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
      this.slots[slot] = held;
    }
  }
}

function newSlots(count: number): Uint32Array {
  return new Uint32Array(new SharedArrayBuffer(count * Uint32Array.BYTES_PER_ELEMENT));
}

function slotOfEntry(hash: number, entry: number): number {
  return (((hash >>> ENTRY_BITS) << ENTRY_BITS) | (entry + 1)) >>> 0;
}

function hashOf(kind: number, text: string, start: number): number {
  let hash = BASIS ^ kind;
  for (let i = start; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), PRIME);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0x297a2d39);
  return (hash ^ (hash >>> 16)) >>> 0;
}

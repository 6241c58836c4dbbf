import { NumberColumn } from './number-column.js';
import { narrowed, TextColumn } from './text-column.js';

const FIRST_SLOTS = 1_024;
const PRIME = 0x01000193;
const BASIS = 0x811c9dc5;
const NONE = 0xffff_ffff;

/**
 * A hash table from values of several kinds to numbers, in arrays of numbers and bytes: about 40 bytes and the value for each entry. A look-up compares the value
 * itself, so that none is mistaken for another. Open addressing with linear probing, at most half full; hashes are FNV-1a with a final mix.
 */
export class ValueTable {
  /** By slot: the first entry of a value and one; 0 where there is none. */
  private slots = new Uint32Array(FIRST_SLOTS);
  private readonly texts = new TextColumn();
  private readonly refs = NumberColumn.ofFloats();
  private readonly kinds = NumberColumn.of8();
  private readonly owners = NumberColumn.of32();
  /** By entry: the next one of the same value. */
  private readonly following = NumberColumn.of32();
  private values = 0;

  /** @param kind 0 to 255. @param owner below 2^32. */
  add(kind: number, value: string, owner: number): void {
    const text = narrowed(value);
    const slot = this.slotOf(kind, text, 0);
    const head = this.slots[slot] ?? 0;
    const ref = head === 0 ? this.texts.add(value) : this.refs.at(head - 1);
    const entry = this.refs.push(ref);
    this.kinds.push(kind);
    this.owners.push(owner);
    this.following.push(head === 0 ? NONE : head - 1);
    this.slots[slot] = entry + 1;
    if (head === 0 && ++this.values * 2 > this.slots.length) this.grow();
  }

  /** Gives each owner of a value to `found`. @param start where the value begins in the text. */
  find(kind: number, value: string, found: (owner: number) => void, start = 0): void {
    const text = narrowed(value);
    const from = text.length === value.length ? start : 0;
    if (from !== start) return this.find(kind, value.slice(start), found);
    let entry = this.slots[this.slotOf(kind, text, from)] ?? 0;
    while (entry !== 0) {
      found(this.owners.at(entry - 1));
      entry = (this.following.at(entry - 1) + 1) >>> 0;
    }
  }

  /** The slot of a value, or the free one where it would go. */
  private slotOf(kind: number, text: string, start: number): number {
    const mask = this.slots.length - 1;
    for (let slot = hashOf(kind, text, start) & mask; ; slot = (slot + 1) & mask) {
      const entry = this.slots[slot] ?? 0;
      if (entry === 0) return slot;
      if (this.kinds.at(entry - 1) === kind && this.texts.equals(this.refs.at(entry - 1), text, start)) return slot;
    }
  }

  private grow(): void {
    const before = this.slots;
    this.slots = new Uint32Array(before.length * 2);
    const mask = this.slots.length - 1;
    for (const entry of before) {
      if (entry === 0) continue;
      const text = narrowed(this.texts.at(this.refs.at(entry - 1)));
      let slot = hashOf(this.kinds.at(entry - 1), text, 0) & mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
      this.slots[slot] = entry;
    }
  }
}

function hashOf(kind: number, text: string, start: number): number {
  let hash = BASIS ^ kind;
  for (let i = start; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), PRIME);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}

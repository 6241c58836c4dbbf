import type { Sighting } from './sighting.js';

const COMPACT_FROM = 32;

/** Sightings in order of time, those of one time in order of arrival. Adding the newest and taking the oldest is O(1), amortised. */
export class Timeline {
  private items: Sighting[] = [];
  private head = 0;

  get length(): number {
    return this.items.length - this.head;
  }

  /** The oldest. */
  get first(): Sighting | undefined {
    return this.items[this.head];
  }

  /** Puts a sighting in its place; true where that is the end. */
  add(sighting: Sighting): boolean {
    const { items, head } = this;
    const last = items[items.length - 1];
    if (this.length === 0 || last === undefined || last.time <= sighting.time) {
      items.push(sighting);
      return true;
    }
    let low = head;
    let high = items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((items[middle]?.time ?? 0) <= sighting.time) low = middle + 1;
      else high = middle;
    }
    items.splice(low, 0, sighting);
    return false;
  }

  /** Takes the oldest away. */
  shift(): Sighting | undefined {
    const { items, head } = this;
    const first = items[head];
    if (first === undefined) return undefined;
    this.head = head + 1;
    if (this.head === items.length || (this.head > COMPACT_FROM && this.head * 2 > items.length)) {
      this.items = items.slice(this.head);
      this.head = 0;
    }
    return first;
  }

  /** All, oldest first. */
  *[Symbol.iterator](): Generator<Sighting> {
    for (let at = this.head; at < this.items.length; at++) yield this.items[at] as Sighting;
  }
}

import type { CorrelationWindow } from './correlation-window.js';
import type { Sighting } from './sighting.js';

interface Node {
  sighting: Sighting;
  earlier: Node | undefined;
  later: Node | undefined;
}

/**
 * Counts different values. For each value only its newest sighting is kept, in a list by time, so that a sighting costs O(1) when it comes
 * in order, however often its value is repeated. It keeps no more values than it takes to tell whether there are enough.
 */
export class ValueCount implements CorrelationWindow {
  private readonly byValue = new Map<string | number, Node>();
  private oldest: Node | undefined;
  private newest: Node | undefined;

  constructor(private readonly most: number) {}

  get length(): number {
    return this.byValue.size;
  }

  add(sighting: Sighting): void {
    const known = this.byValue.get(sighting.value);
    if (known === undefined) {
      const node: Node = { sighting, earlier: undefined, later: undefined };
      this.byValue.set(sighting.value, node);
      this.link(node);
      if (this.byValue.size > this.most) this.drop();
    } else if (sighting.time >= known.sighting.time) {
      this.unlink(known);
      known.sighting = sighting;
      this.link(known);
    }
  }

  measure(after: number): number {
    while (this.oldest !== undefined && this.oldest.sighting.time <= after) this.drop();
    return this.byValue.size;
  }

  sightings(): readonly Sighting[] {
    const all: Sighting[] = [];
    for (let node = this.oldest; node !== undefined; node = node.later) all.push(node.sighting);
    return all;
  }

  evidence(): readonly Sighting[] {
    return this.sightings();
  }

  private drop(): void {
    const { oldest } = this;
    if (oldest === undefined) return;
    this.byValue.delete(oldest.sighting.value);
    this.unlink(oldest);
  }

  private link(node: Node): void {
    let before = this.newest;
    while (before !== undefined && before.sighting.time > node.sighting.time) before = before.earlier;
    const after = before === undefined ? this.oldest : before.later;
    node.earlier = before;
    node.later = after;
    if (before === undefined) this.oldest = node;
    else before.later = node;
    if (after === undefined) this.newest = node;
    else after.earlier = node;
  }

  private unlink(node: Node): void {
    const { earlier, later } = node;
    if (earlier === undefined) this.oldest = later;
    else earlier.later = later;
    if (later === undefined) this.newest = earlier;
    else later.earlier = earlier;
  }
}

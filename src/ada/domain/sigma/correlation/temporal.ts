import type { CorrelationWindow } from './correlation-window.js';
import type { Sighting } from './sighting.js';
import { Timeline } from './timeline.js';

/** Counts how many of the rules were seen, in whatever order. Of each the newest sighting is kept. */
export class Temporal implements CorrelationWindow {
  private readonly newest = new Map<number, Sighting>();

  get length(): number {
    return this.newest.size;
  }

  add(sighting: Sighting): void {
    const known = this.newest.get(sighting.input);
    if (known === undefined || sighting.time >= known.time) this.newest.set(sighting.input, sighting);
  }

  measure(after: number): number {
    for (const [input, { time }] of this.newest) if (time <= after) this.newest.delete(input);
    return this.newest.size;
  }

  sightings(): readonly Sighting[] {
    return [...this.newest.values()].sort((a, b) => a.time - b.time);
  }

  evidence(): readonly Sighting[] {
    return this.sightings();
  }
}

/** Sightings of the first rules of a correlation, one each, in order of the rules and of time. */
type Chain = readonly Sighting[];

const NO_CHAIN: Chain = [];
const MAX_HISTORY = 1_000;

/**
 * Counts how many of the rules, beginning with the first, were seen in their order. For each rule it keeps the chain up to it that began
 * last, which is the one that stays in the window longest; so a sighting that comes in order costs one step. One that comes late has the
 * chains worked out again from the newest 1,000 sightings.
 */
export class TemporalOrdered implements CorrelationWindow {
  private readonly timeline = new Timeline();
  private chains: (Chain | undefined)[] = [];

  get length(): number {
    return this.timeline.length;
  }

  add(sighting: Sighting): void {
    if (this.timeline.add(sighting)) this.extend(sighting);
    else this.chainAnew();
    if (this.timeline.length > MAX_HISTORY) this.timeline.shift();
  }

  measure(after: number): number {
    const { timeline, chains } = this;
    for (let { first } = timeline; first !== undefined && first.time <= after; { first } = timeline) timeline.shift();
    let length = 0;
    for (let input = 0; input < chains.length; input++) {
      if (startOf(chains[input]) <= after) chains[input] = undefined;
      else length = input + 1;
    }
    return length;
  }

  sightings(): readonly Sighting[] {
    return [...this.timeline];
  }

  /** The chain that was measured. */
  evidence(): Chain {
    return this.chains.findLast((chain) => chain !== undefined) ?? [];
  }

  /** Chains that were known stay known where those of the newest sightings began no later. */
  private chainAnew(): void {
    const before = this.chains;
    this.chains = [];
    for (const known of this.timeline) this.extend(known);
    for (const [input, chain] of before.entries()) if (startOf(chain) > startOf(this.chains[input])) this.chains[input] = chain;
  }

  private extend(sighting: Sighting): void {
    const { input } = sighting;
    const before = input === 0 ? NO_CHAIN : this.chains[input - 1];
    if (before === undefined) return;
    const last = before.at(-1);
    if (last !== undefined && isSameEvent(last, sighting)) return;
    if ((before[0] ?? sighting).time >= startOf(this.chains[input])) this.chains[input] = [...before, sighting];
  }
}

function startOf(chain: Chain | undefined): number {
  return chain?.[0]?.time ?? Number.NEGATIVE_INFINITY;
}

function isSameEvent(one: Sighting, other: Sighting): boolean {
  return one.batch === other.batch && one.index === other.index;
}

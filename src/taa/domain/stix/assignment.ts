import type { Steps } from './steps.js';

/** Observations that one part of a pattern may take, and how many of them it needs. */
export interface Demand {
  readonly candidates: readonly number[];
  readonly amount: number;
}

/**
 * Which observations the parts of a pattern have taken, so that none is taken more often than it was seen. A further demand is met by shifting what others
 * have taken where that is needed: augmenting paths of a bipartite b-matching (Ford and Fulkerson 1956).
 */
export class Assignment {
  private readonly demands: Demand[] = [];
  /** By demand: how many of each observation it has. */
  private taken: Map<number, number>[] = [];
  private readonly free: number[];

  constructor(
    counts: readonly number[],
    private readonly steps: Steps,
  ) {
    this.free = [...counts];
  }

  /** True where the demand can be met beside all others, which it then is. False leaves all as it was. @throws StixPatternError */
  add(demand: Demand): boolean {
    const before = { free: [...this.free], taken: this.taken.map((taken) => new Map(taken)) };
    this.steps.spend(1 + this.free.length + this.taken.length);
    this.demands.push(demand);
    this.taken.push(new Map());
    let missing = demand.amount;
    while (missing > 0) {
      const moved = this.augment(this.demands.length - 1, missing, new Set());
      if (moved === 0) break;
      missing -= moved;
    }
    if (missing === 0) return true;
    this.demands.pop();
    this.taken = before.taken;
    for (const [index, free] of before.free.entries()) this.free[index] = free;
    return false;
  }

  /** Takes back the demand that was added last. What others have taken stays with them. */
  removeLast(): void {
    this.demands.pop();
    for (const [index, amount] of this.taken.pop() ?? []) this.free[index] = (this.free[index] ?? 0) + amount;
  }

  /** Gives a demand up to `most` more, of free observations or such as others can do without; how many. */
  private augment(at: number, most: number, visited: Set<number>): number {
    const candidates = this.demands[at]?.candidates ?? [];
    this.steps.spend(candidates.length);
    for (const index of candidates) {
      const free = Math.min(most, this.free[index] ?? 0);
      if (free === 0) continue;
      this.move(at, index, free);
      this.free[index] = (this.free[index] ?? 0) - free;
      return free;
    }
    for (const index of candidates) {
      if (visited.has(index)) continue;
      visited.add(index);
      const moved = this.shift(at, index, most, visited);
      if (moved > 0) return moved;
    }
    return 0;
  }

  /** Takes an observation from a demand that can have another one. */
  private shift(at: number, index: number, most: number, visited: Set<number>): number {
    for (const [other, taken] of this.taken.entries()) {
      this.steps.spend(1);
      const held = taken.get(index) ?? 0;
      if (other === at || held === 0) continue;
      const moved = this.augment(other, Math.min(most, held), visited);
      if (moved === 0) continue;
      this.move(other, index, -moved);
      this.move(at, index, moved);
      return moved;
    }
    return 0;
  }

  private move(at: number, index: number, amount: number): void {
    const taken = this.taken[at];
    taken?.set(index, (taken.get(index) ?? 0) + amount);
  }

  /** The observations that are taken, each once. */
  used(): number[] {
    const used = new Set<number>();
    for (const taken of this.taken) {
      for (const [index, amount] of taken) if (amount > 0) used.add(index);
    }
    return [...used].toSorted((a, b) => a - b);
  }
}

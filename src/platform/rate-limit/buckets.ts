import type { BucketState } from './gcra.js';

const SWEPT_FROM = 1_000;
const SWEPT_EACH_TIME = 4;

interface KeptBucket extends BucketState {
  /** When it has drained: from then on it is the same as none. */
  readonly emptyAt: number;
}

/**
 * Buckets in memory. With every new one a few old ones are looked at, round and round, and dropped if they have drained: what is idle goes, what
 * still limits somebody stays, and no request pays for all. Only when there are `most` that limit somebody the one made first is given up.
 */
export class Buckets {
  private readonly kept = new Map<string, KeptBucket>();
  private sweep: MapIterator<[string, KeptBucket]> | undefined;

  constructor(private readonly most = 1_000_000) {}

  get size(): number {
    return this.kept.size;
  }

  get(key: string): BucketState | undefined {
    return this.kept.get(key);
  }

  /** @param emptyAt microseconds on the clock of the state's `at` */
  set(key: string, { level, at }: BucketState, emptyAt: number): void {
    if (!this.kept.has(key)) this.makeRoom(at);
    this.kept.set(key, { level, at, emptyAt });
  }

  delete(key: string): void {
    this.kept.delete(key);
  }

  private makeRoom(now: number): void {
    if (this.kept.size < SWEPT_FROM) return;
    for (let looked = 0; looked < SWEPT_EACH_TIME; looked += 1) {
      this.sweep ??= this.kept.entries();
      const { done, value } = this.sweep.next();
      if (done) this.sweep = undefined;
      else if (value[1].emptyAt <= now) this.kept.delete(value[0]);
    }
    if (this.kept.size < this.most) return;
    const [first] = this.kept.keys();
    if (first !== undefined) this.kept.delete(first);
  }
}

const USUAL_BYTES = 32 * 1024 * 1024;
const ENTRY_BYTES = 96;
const FOUND_BYTES = 8;
/** A longer value is usually not kept: it is rarely seen again and costs much. */
const USUAL_LENGTH = 2_048;

/** What a budget makes older. */
interface Ageing {
  /** Lets go of the older values and makes the younger ones older. False where nothing is left. */
  age(): boolean;
}

/**
 * Bounds the memory of all value caches that share it. When the younger generation of values fills half of the bytes, it becomes the
 * older one and the older is dropped, in every cache at once: also in those that no value comes to any more.
 */
export class CacheBudget {
  /** Caches that hold something. Those of engines that are gone go with them. */
  private readonly holders = new Set<WeakRef<Ageing>>();
  private young = 0;
  private old = 0;

  /** @param bytes bound of all caches together, counted from the lengths of what they hold; 0 keeps nothing. */
  constructor(readonly bytes = USUAL_BYTES) {}

  /** What is spent of it, in bytes. */
  get spent(): number {
    return this.young + this.old;
  }

  /** Counts a cache among those that hold something. */
  admit(holder: WeakRef<Ageing>): void {
    this.holders.add(holder);
  }

  /** Counts what a cache has taken up, and makes all of them older where it is time. */
  spend(bytes: number): void {
    this.young += bytes;
    if (this.young * 2 < this.bytes) return;
    this.old = this.young;
    this.young = 0;
    for (const holder of this.holders) if (holder.deref()?.age() !== true) this.holders.delete(holder);
  }
}

/** Remembers what was found for values seen lately, such as the atoms that hold. Values of fields repeat: most events meet only known ones. */
export class ValueCache<Found> {
  private young = new Map<string, readonly Found[]>();
  private old = new Map<string, readonly Found[]>();
  private readonly self = new WeakRef(this);

  /** @param longest length of the longest value that is kept. */
  constructor(
    private readonly budget: CacheBudget,
    private readonly longest = USUAL_LENGTH,
  ) {}

  get(value: string): readonly Found[] | undefined {
    if (value.length > this.longest) return undefined;
    const known = this.young.get(value);
    if (known !== undefined) return known;
    const older = this.old.get(value);
    if (older !== undefined) this.set(value, older);
    return older;
  }

  set(value: string, found: readonly Found[]): void {
    if (!this.keeps(value)) return;
    if (this.young.size === 0) this.budget.admit(this.self);
    this.young.set(value, found);
    this.budget.spend(ENTRY_BYTES + value.length * 2 + found.length * FOUND_BYTES);
  }

  /** Whether a value is one that is remembered. */
  keeps(value: string): boolean {
    return value.length <= this.longest && this.budget.bytes > 0;
  }

  /** For the budget alone. */
  age(): boolean {
    this.old = this.young;
    this.young = new Map();
    return this.old.size > 0;
  }
}

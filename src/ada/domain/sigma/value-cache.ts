const USUAL_BYTES = 32 * 1024 * 1024;
const ENTRY_BYTES = 96;
const FOUND_BYTES = 8;
/** A longer value is usually not kept: it is rarely seen again and costs much. */
const USUAL_LENGTH = 2_048;

/**
 * Bounds the memory of all value caches that share it. When the younger generation of values fills half of the bytes, it becomes the
 * older one and the older is dropped, in every cache at its next use.
 */
export class CacheBudget {
  /** Counts generations. */
  generation = 0;
  private young = 0;
  private old = 0;

  /** @param bytes bound of all caches together, counted from the lengths of what they hold; 0 keeps nothing. */
  constructor(readonly bytes = USUAL_BYTES) {}

  /** What is spent of it, in bytes. */
  get spent(): number {
    return this.young + this.old;
  }

  spend(bytes: number): void {
    this.young += bytes;
    if (this.young * 2 < this.bytes) return;
    this.old = this.young;
    this.young = 0;
    this.generation++;
  }
}

/** Remembers what was found for values seen lately, such as the atoms that hold. Values of fields repeat: most events meet only known ones. */
export class ValueCache<Found> {
  private young = new Map<string, readonly Found[]>();
  private old = new Map<string, readonly Found[]>();
  private generation: number;

  /** @param longest length of the longest value that is kept. */
  constructor(
    private readonly budget: CacheBudget,
    private readonly longest = USUAL_LENGTH,
  ) {
    this.generation = budget.generation;
  }

  get(value: string): readonly Found[] | undefined {
    if (value.length > this.longest) return undefined;
    if (this.generation !== this.budget.generation) this.age();
    const known = this.young.get(value);
    if (known !== undefined) return known;
    const older = this.old.get(value);
    if (older !== undefined) this.set(value, older);
    return older;
  }

  set(value: string, found: readonly Found[]): void {
    if (!this.keeps(value)) return;
    this.young.set(value, found);
    this.budget.spend(ENTRY_BYTES + value.length * 2 + found.length * FOUND_BYTES);
  }

  /** Whether a value is one that is remembered. */
  keeps(value: string): boolean {
    return value.length <= this.longest && this.budget.bytes > 0;
  }

  private age(): void {
    this.old = this.budget.generation === this.generation + 1 ? this.young : new Map();
    this.young = new Map();
    this.generation = this.budget.generation;
  }
}

import type { Posting } from './posting.js';

const HASH_MULTIPLIER = 0x9e3779b1;
const MIN_TABLE_BITS = 8;
const MAX_TABLE_BITS = 17;
const MAX_BUCKETS = 0xffff;
/** Slots of the table for each literal: at 16, a gram that belongs to no literal meets an empty slot 15 times of 16. */
const SLOTS_PER_LITERAL = 16;
/** What an often-seen gram costs in comparison with one more literal in the bucket. */
const COMMON_GRAM_COST = 8;
/** Texts whose grams are in most Windows events; a literal is better found by something else. */
const COMMON_TEXTS = ['c:\\windows\\system32\\', '\\program files', '\\microsoft\\', '\\users\\', '\\appdata\\local\\', 'powershell.exe', 'http://', 'https://www.', 'software\\'];

interface Occurrence {
  readonly posting: Posting;
  readonly offset: number;
}

/**
 * Finds which of many literals a text contains. Of each literal one gram (a run of `gram` characters) is put into a hash table, the one
 * that is shared least with other literals; a text is read once, and only where one of its grams is in the table are literals compared.
 * Literals are at least `gram` characters long.
 */
export class GramIndex {
  private readonly heads: Uint16Array;
  private readonly buckets: Occurrence[][] = [];
  private readonly shift: number;
  private readonly mask: number;

  constructor(
    postings: readonly Posting[],
    private readonly gram: 3 | 4,
  ) {
    const wanted = Math.ceil(Math.log2(Math.max(1, postings.length) * SLOTS_PER_LITERAL));
    const bits = Math.min(MAX_TABLE_BITS, Math.max(MIN_TABLE_BITS, wanted));
    this.shift = 32 - bits;
    this.mask = gram === 4 ? -1 : 0xffffff;
    this.heads = new Uint16Array(2 ** bits);
    const common = this.commonSlots();
    for (const posting of postings) this.insert(posting, common);
  }

  /** Adds the postings whose literal is in the folded text and that this look-up has not found before. */
  find(text: string, lookup: number, found: Posting[]): void {
    const { heads, shift, mask, gram } = this;
    let rolling = 0;
    for (let i = 0; i < text.length; i++) {
      rolling = (rolling << 8) | (text.charCodeAt(i) & 0xff);
      const head = heads[Math.imul(rolling & mask, HASH_MULTIPLIER) >>> shift];
      if (head !== 0 && head !== undefined && i >= gram - 1) this.compare(head - 1, text, i - gram + 1, { lookup, found });
    }
  }

  private compare(bucket: number, text: string, at: number, into: { lookup: number; found: Posting[] }): void {
    for (const { posting, offset } of this.buckets[bucket] ?? []) {
      if (posting.foundBy === into.lookup || !text.startsWith(posting.literal, at - offset) || at < offset) continue;
      posting.foundBy = into.lookup;
      into.found.push(posting);
    }
  }

  private insert(posting: Posting, common: ReadonlySet<number>): void {
    let best = { slot: 0, offset: 0, cost: Number.POSITIVE_INFINITY };
    for (const [offset, slot] of this.slotsOf(posting.literal).entries()) {
      const cost = this.occupants(slot) + (common.has(slot) ? COMMON_GRAM_COST : 0);
      if (cost < best.cost) best = { slot, offset, cost };
    }
    let head = this.heads[best.slot] ?? 0;
    if (head === 0) {
      if (this.buckets.length === MAX_BUCKETS) head = 1;
      else head = this.buckets.push([]);
      this.heads[best.slot] = head;
    }
    this.buckets[head - 1]?.push({ posting, offset: best.offset });
  }

  private occupants(slot: number): number {
    const head = this.heads[slot] ?? 0;
    return head === 0 ? 0 : (this.buckets[head - 1]?.length ?? 0);
  }

  private commonSlots(): Set<number> {
    return new Set(COMMON_TEXTS.flatMap((text) => this.slotsOf(text)));
  }

  /** The slot of each gram of a text, in order. */
  private slotsOf(text: string): number[] {
    const slots: number[] = [];
    let rolling = 0;
    for (let i = 0; i < text.length; i++) {
      rolling = (rolling << 8) | (text.charCodeAt(i) & 0xff);
      if (i >= this.gram - 1) slots.push(Math.imul(rolling & this.mask, HASH_MULTIPLIER) >>> this.shift);
    }
    return slots;
  }
}

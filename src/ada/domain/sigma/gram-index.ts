import { foldCase } from './expression.js';
import type { Posting } from './posting.js';

const { imul } = Math;
const HASH_MULTIPLIER = 0x9e3779b1;
const MIN_TABLE_BITS = 8;
const MAX_TABLE_BITS = 17;
const MAX_BUCKETS = 0xffff;
const MAX_STRIDE = 8;
/** Slots of the table for each gram in it: at 16, a gram that belongs to no literal meets an empty slot 15 times of 16. */
const SLOTS_PER_GRAM = 16;
/** What an often-seen gram costs in comparison with one more literal in the bucket. */
const COMMON_GRAM_COST = 8;
/** Texts whose grams are in most Windows events; a literal is better found by something else. */
const COMMON_TEXTS = [
  'c:\\windows\\system32\\',
  '\\program files',
  '\\microsoft\\',
  '\\users\\',
  '\\appdata\\local\\',
  'powershell.exe',
  'https://www.',
  'software\\',
];

/** What a look-up has found so far, and its number. */
export interface Findings {
  readonly lookup: number;
  readonly found: Posting[];
}

interface Occurrence {
  readonly posting: Posting;
  readonly offset: number;
  /** Most of what meets in a slot differs here. */
  readonly gram: number;
}

/**
 * Finds which of many literals a text contains, whatever its case. Of each literal a gram (a run of up to four characters) is put into a
 * hash table, the one that is shared least with other literals; a text is read once, and only where one of its grams is in the
 * table are literals compared. Where all literals are long, as many neighbouring grams of each are in the table as characters of
 * the text can then be skipped at each step. Letters of either case hash alike, and so do all characters beyond ASCII.
 */
export class GramIndex {
  private readonly heads: Uint16Array;
  /** The gram that a slot is for, so that another that meets it by chance costs no comparison. */
  private readonly grams: Int32Array;
  /** 1 where several grams share a slot. */
  private readonly shared: Uint8Array;
  private readonly buckets: Occurrence[][] = [];
  private readonly shift: number;
  private readonly stride: number;
  private readonly mask: number;

  /** @param gram no literal is shorter. */
  constructor(
    postings: readonly Posting[],
    private readonly gram: 1 | 2 | 4,
  ) {
    this.mask = gram === 4 ? -1 : 2 ** (8 * gram) - 1;
    const shortest = Math.min(...postings.map(({ literal }) => literal.length));
    this.stride = gram === 4 ? Math.min(MAX_STRIDE, shortest - gram + 1) : 1;
    const wanted = Math.ceil(Math.log2(Math.max(1, postings.length * this.stride) * SLOTS_PER_GRAM));
    const bits = Math.min(MAX_TABLE_BITS, Math.max(MIN_TABLE_BITS, wanted));
    this.shift = 32 - bits;
    this.heads = new Uint16Array(2 ** bits);
    this.grams = new Int32Array(2 ** bits);
    this.shared = new Uint8Array(2 ** bits);
    const common = new Set(COMMON_TEXTS.flatMap((text) => this.gramsOf(text)));
    for (const posting of postings) this.insert(posting, common);
  }

  /** Adds the postings whose literal is in the text (as it is, not folded) and that this look-up has not found before. `codes` are the text's. */
  find(text: string, codes: Uint16Array, into: Findings): void {
    if (this.stride === 1) this.findRolling(text, codes, into);
    else this.findStriding(text, codes, into);
  }

  private findRolling(text: string, codes: Uint16Array, into: Findings): void {
    const { heads, grams, shared, shift, mask, gram } = this;
    let rolling = 0;
    for (let i = 0; i < text.length; i++) {
      const code = codes[i] as number;
      rolling = (rolling << 8) | (code < 0x80 ? code | 0x20 : 0);
      const key = rolling & mask;
      const slot = imul(key, HASH_MULTIPLIER) >>> shift;
      const head = heads[slot] as number;
      if (head !== 0 && (grams[slot] === key || shared[slot] === 1)) this.compare(head - 1, key, text, i - gram + 1, into);
    }
  }

  private findStriding(text: string, codes: Uint16Array, into: Findings): void {
    const { heads, grams, shared, shift, stride } = this;
    for (let i = 0; i + 4 <= text.length; i += stride) {
      const high = (hashCode(codes[i] as number) << 24) | (hashCode(codes[i + 1] as number) << 16);
      const gram = high | (hashCode(codes[i + 2] as number) << 8) | hashCode(codes[i + 3] as number);
      const slot = imul(gram, HASH_MULTIPLIER) >>> shift;
      const head = heads[slot] as number;
      if (head !== 0 && (grams[slot] === gram || shared[slot] === 1)) this.compare(head - 1, gram, text, i, into);
    }
  }

  private compare(bucket: number, gram: number, text: string, at: number, into: Findings): void {
    for (const { posting, offset, gram: wanted } of this.buckets[bucket] ?? []) {
      if (wanted !== gram) continue;
      const start = at - offset;
      const { literal } = posting;
      if (posting.foundBy === into.lookup || start < 0 || start + literal.length > text.length) continue;
      if (differs(text, start, literal, 0) || differs(text, start, literal, literal.length - 1)) continue;
      if (!text.startsWith(literal, start) && foldCase(text.slice(start, start + literal.length)) !== literal) continue;
      posting.foundBy = into.lookup;
      into.found.push(posting);
    }
  }

  private insert(posting: Posting, common: ReadonlySet<number>): void {
    const grams = this.gramsOf(posting.literal);
    let best = { from: 0, cost: Number.POSITIVE_INFINITY };
    for (let from = 0; from + this.stride <= grams.length; from++) {
      const cost = grams.slice(from, from + this.stride).reduce((sum, gram) => sum + this.costOf(gram, common), 0);
      if (cost < best.cost) best = { from, cost };
    }
    for (let offset = best.from; offset < best.from + this.stride; offset++) {
      const gram = grams[offset] ?? 0;
      const slot = this.slotOf(gram);
      if ((this.heads[slot] ?? 0) === 0) this.grams[slot] = gram;
      else if (this.grams[slot] !== gram) this.shared[slot] = 1;
      this.bucketAt(slot).push({ posting, offset, gram });
    }
  }

  private costOf(gram: number, common: ReadonlySet<number>): number {
    const head = this.heads[this.slotOf(gram)] ?? 0;
    return (head === 0 ? 0 : (this.buckets[head - 1]?.length ?? 0)) + (common.has(gram) ? COMMON_GRAM_COST : 0);
  }

  /** The bucket of a slot; beyond the number of buckets that heads can name, slots share the first one. */
  private bucketAt(slot: number): Occurrence[] {
    let head = this.heads[slot] ?? 0;
    if (head === 0) {
      head = this.buckets.length === MAX_BUCKETS ? 1 : this.buckets.push([]);
      this.heads[slot] = head;
    }
    return this.buckets[head - 1] ?? [];
  }

  private slotOf(gram: number): number {
    return imul(gram, HASH_MULTIPLIER) >>> this.shift;
  }

  /** The grams of a literal, in order. */
  private gramsOf(literal: string): number[] {
    const grams: number[] = [];
    let rolling = 0;
    for (let i = 0; i < literal.length; i++) {
      rolling = (rolling << 8) | hashCode(literal.charCodeAt(i));
      if (i >= this.gram - 1) grams.push(rolling & this.mask);
    }
    return grams;
  }
}

/** Tells that a character of the literal, where that is ASCII, is surely not the one in its place: no other character folds to ASCII. */
function differs(text: string, start: number, literal: string, at: number): boolean {
  const wanted = literal.charCodeAt(at);
  return wanted < 0x80 && (text.charCodeAt(start + at) | 0x20) !== (wanted | 0x20);
}

function hashCode(code: number): number {
  return code < 0x80 ? code | 0x20 : 0;
}

import type { Posting } from './posting.js';
import { type CacheBudget, ValueCache } from './value-cache.js';

/** Shorter values are searched as a whole. */
const LONG = 512;
/** Least length of what is searched at once: lines up to there and to the end of the line. */
const PIECE = 64;
/** Longest piece that is remembered: command lines with code in them repeat in every line that tells of what they do. */
const MAX_PIECE = 16_000;

/**
 * Searches long values piece by piece, a piece being some lines, and remembers what was found in each: values that are themselves new, such as
 * the context of a PowerShell command, are made of lines that were seen before. No literal may span lines.
 */
export class LineSearch {
  private readonly known: ValueCache<Posting>;

  private constructor(budget: CacheBudget) {
    this.known = new ValueCache(budget, MAX_PIECE);
  }

  /** A search for literals; `undefined` where a value is to be searched as a whole. */
  static of(postings: readonly Posting[], budget: CacheBudget): LineSearch | undefined {
    if (budget.bytes === 0 || postings.length === 0 || postings.some(({ literal }) => literal.includes('\n'))) return undefined;
    return new LineSearch(budget);
  }

  /** The postings whose literal is in a value, each once; `undefined` for a short value. @param search finds those of one piece */
  find(value: string, search: (piece: string) => readonly Posting[]): Iterable<Posting> | undefined {
    if (value.length < LONG) return undefined;
    const found = new Set<Posting>();
    for (let start = 0; start < value.length;) {
      const cut = value.indexOf('\n', start + PIECE);
      const end = cut === -1 ? value.length : cut + 1;
      for (const posting of this.findIn(value.slice(start, end), search)) found.add(posting);
      start = end;
    }
    return found;
  }

  private findIn(piece: string, search: (piece: string) => readonly Posting[]): readonly Posting[] {
    const known = this.known.get(piece);
    if (known !== undefined) return known;
    const found = search(piece);
    if (this.known.keeps(piece)) this.known.set(copyOf(piece), found);
    return found;
  }
}

/** The same text in memory of its own: a slice keeps all of the text that it is from. */
function copyOf(text: string): string {
  return JSON.parse(JSON.stringify(text)) as string;
}

import type { Posting } from './posting.js';

/**
 * Finds which of many literals a text begins (or ends) with: literals lie in a map under their outermost characters, at most `keyLength`
 * of them, and a text is looked up once for each key length in use.
 */
export class AffixIndex {
  private readonly byLength = new Map<number, Map<string, Posting[]>>();
  /** Length of the longest literal. */
  longest = 0;

  constructor(
    postings: readonly Posting[],
    private readonly side: 'start' | 'end',
    keyLength: number,
  ) {
    for (const posting of postings) {
      this.longest = Math.max(this.longest, posting.literal.length);
      const length = Math.min(keyLength, posting.literal.length);
      let keys = this.byLength.get(length);
      if (keys === undefined) this.byLength.set(length, (keys = new Map()));
      const key = this.keyOf(posting.literal, length);
      const bucket = keys.get(key);
      if (bucket === undefined) keys.set(key, [posting]);
      else bucket.push(posting);
    }
  }

  /** Adds the postings whose literal the folded text begins (ends) with. */
  find(folded: string, found: Posting[]): void {
    for (const [length, keys] of this.byLength) {
      if (length > folded.length) continue;
      const bucket = keys.get(this.keyOf(folded, length));
      if (bucket === undefined) continue;
      for (const posting of bucket) {
        if (this.side === 'start' ? folded.startsWith(posting.literal) : folded.endsWith(posting.literal)) found.push(posting);
      }
    }
  }

  private keyOf(text: string, length: number): string {
    return this.side === 'start' ? text.slice(0, length) : text.slice(text.length - length);
  }
}

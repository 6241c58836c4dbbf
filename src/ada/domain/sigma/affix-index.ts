import type { Posting } from './posting.js';

/**
 * Finds which of many literals a text begins (or ends) with: literals lie in a map under their outermost characters, at most `keyLength`
 * of them, and a text is looked up once for each key length in use.
 */
export class AffixIndex {
  private readonly byLength = new Map<number, Map<string, Posting[]>>();

  constructor(
    postings: readonly Posting[],
    private readonly side: 'start' | 'end',
    keyLength: number,
  ) {
    for (const posting of postings) {
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
  find(text: string, found: Posting[]): void {
    for (const [length, keys] of this.byLength) {
      if (length > text.length) continue;
      const bucket = keys.get(this.keyOf(text, length));
      if (bucket === undefined) continue;
      for (const posting of bucket) {
        if (this.side === 'start' ? text.startsWith(posting.literal) : text.endsWith(posting.literal)) found.push(posting);
      }
    }
  }

  private keyOf(text: string, length: number): string {
    return this.side === 'start' ? text.slice(0, length) : text.slice(text.length - length);
  }
}

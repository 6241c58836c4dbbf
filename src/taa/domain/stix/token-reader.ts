import { type Token, tokensOf } from './pattern-tokens.js';
import { StixPatternError } from './stix-pattern-error.js';

const MAX_DEPTH = 64;
const SHOWN = 40;

/** Reads a pattern's words one after another. Key words are written in capitals or in small letters. */
export class TokenReader {
  private readonly tokens: readonly Token[];
  private at = 0;
  private depth = 0;

  /** @throws StixPatternError */
  constructor(pattern: string) {
    this.tokens = tokensOf(pattern);
  }

  /** True, and one word further, where the next word is this sign or key word. */
  take(word: string): boolean {
    const { kind, text } = this.tokens[this.at] ?? { kind: 'text', text: '' };
    if (kind === 'sign' ? text !== word : kind !== 'name' || (text !== word && text !== word.toLowerCase())) return false;
    this.at++;
    return true;
  }

  /** Whether the word after the next is this sign. */
  isBefore(sign: string): boolean {
    const after = this.tokens[this.at + 1];
    return after?.kind === 'sign' && after.text === sign;
  }

  /** @throws StixPatternError where the next word is another one. */
  expect(word: string): void {
    if (!this.take(word)) throw this.refuse(`${word} is expected`);
  }

  /** The next word, of one of these kinds. @throws StixPatternError */
  next(expected: string, ...kinds: readonly Token['kind'][]): Token {
    const token = this.tokens[this.at];
    if (token === undefined || !kinds.includes(token.kind)) throw this.refuse(`${expected} is expected`);
    this.at++;
    return token;
  }

  /** The first of the words that is next; `undefined` where none is. */
  takeOne<Word extends string>(words: readonly Word[]): Word | undefined {
    return words.find((word) => this.take(word));
  }

  /** What `read` reads, one level deeper; at most 64 of them. @throws StixPatternError */
  deeper<T>(read: () => T): T {
    if (++this.depth > MAX_DEPTH) throw this.refuse(`more than ${MAX_DEPTH} levels are nested`);
    const value = read();
    this.depth--;
    return value;
  }

  /** @throws StixPatternError where words are left. */
  end(): void {
    if (this.at < this.tokens.length) throw this.refuse('the end is expected');
  }

  refuse(reason: string): StixPatternError {
    const token = this.tokens[this.at];
    const found = token === undefined ? 'at the end' : `instead of ${token.text.slice(0, SHOWN)} at character ${token.at + 1}`;
    return new StixPatternError(`${reason} ${found}`);
  }
}

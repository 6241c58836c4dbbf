import type { ValueTest } from './expression.js';

/** An atom is a test of one field that rules of a group share; it is known by its number in the group. */
export type AtomId = number;

/** What is known once a literal was found in a text: atoms that hold by that alone, and tests still to be asked. */
export interface Posting {
  /** Folded. */
  readonly literal: string;
  readonly atoms: AtomId[];
  readonly checks: { readonly atom: AtomId; readonly test: ValueTest }[];
  /** The look-up that found it last, so that it counts once in a text. */
  foundBy: number;
}

/** Postings by their literal. */
export class PostingList {
  private readonly byLiteral = new Map<string, Posting>();

  /** The posting of a literal, made when it is new. */
  at(literal: string): Posting {
    let posting = this.byLiteral.get(literal);
    if (posting === undefined) {
      posting = { literal, atoms: [], checks: [], foundBy: 0 };
      this.byLiteral.set(literal, posting);
    }
    return posting;
  }

  get(literal: string): Posting | undefined {
    return this.byLiteral.get(literal);
  }

  /** Length of the longest literal; -1 without any. */
  get longest(): number {
    return Math.max(-1, ...Array.from(this.byLiteral.keys(), (literal) => literal.length));
  }

  all(): Posting[] {
    return [...this.byLiteral.values()];
  }
}

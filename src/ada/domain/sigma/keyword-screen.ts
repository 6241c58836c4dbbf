import type { ItemExpression, ValueTest } from './expression.js';
import { ValueIndex, necessaryLiterals } from './value-index.js';

/** Numbers are written out anew before they are compared, so their JSON text says nothing about such literals. */
const IN_NUMBERS = /^[\d.e+-]*$/;
const INFINITY = 'infinity';
const BACKSLASH = 0x5c;
const PRINTABLE = /^[\x20-\x7e]+$/;

/**
 * Rules out, from an event's JSON text as a whole, that any of its values holds a keyword: a literal that is in none of the text is in none of
 * the values. Reading one text is several times faster than reading each value, and most events hold no keyword.
 */
export class KeywordScreen {
  private constructor(
    private readonly index: ValueIndex,
    private readonly hasSolidus: boolean,
  ) {}

  /** A screen for items; `undefined` where one of them can hold for a value without leaving a literal in the event's text. */
  static of(items: readonly ItemExpression[]): KeywordScreen | undefined {
    const literals = items.flatMap(({ tests }) => tests.map(literalsOf));
    if (!literals.every((some) => some.length > 0 && some.every(isVerbatim))) return undefined;
    const tests = literals.flat().map((text): ValueTest => ({ kind: 'literal', mode: 'contains', text: escaped(text), cased: false }));
    return new KeywordScreen(
      new ValueIndex([{ atom: 0, tests }]),
      literals.flat().some((text) => text.includes('/')),
    );
  }

  /** False only where no item holds for any value of the event with this JSON text. */
  mayHold(json: string): boolean {
    if (hides(json, 'u00') || (this.hasSolidus && hides(json, '/'))) return true;
    return this.index.find(json).length > 0;
  }
}

/**
 * Tells whether the text has an escape that JSON needs for no printable character: `rest` of it after a backslash that is not itself the second of a
 * pair. Rests are rarer than backslashes, so they are what is searched for.
 */
function hides(json: string, rest: string): boolean {
  for (let at = json.indexOf(rest); at >= 0; at = json.indexOf(rest, at + 1)) {
    let before = at;
    while (before > 0 && json.charCodeAt(before - 1) === BACKSLASH) before--;
    if ((at - before) % 2 === 1) return true;
  }
  return false;
}

function literalsOf(test: ValueTest): readonly string[] {
  return test.kind === 'literal' ? [test.text] : necessaryLiterals(test);
}

/** Tells whether a text stands in JSON as it is, but for the escapes of quotation marks and backslashes. */
function isVerbatim(literal: string): boolean {
  const text = literal.toLowerCase();
  return PRINTABLE.test(text) && !IN_NUMBERS.test(text) && !INFINITY.includes(text);
}

function escaped(literal: string): string {
  return JSON.stringify(literal).slice(1, -1);
}

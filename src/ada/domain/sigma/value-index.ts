import { AffixIndex } from './affix-index.js';
import { type ValueTest, foldCase } from './expression.js';
import { GramIndex } from './gram-index.js';
import { type AtomId, type Posting, PostingList } from './posting.js';
import { testText } from './value-tests.js';

/** Atoms that hold for one value, each once. */
export type AtomSet = readonly AtomId[];

const PREFIX_KEY = 16;
const SUFFIX_KEY = 8;

/**
 * All atoms of one field, indexed so that the ones which hold for a value are found without asking each: by whole value, by beginning,
 * by end, by what the value contains. Wildcards, regular expressions and case-sensitive tests are asked only where a literal that
 * they cannot do without was found.
 */
export class ValueIndex {
  private readonly whole = new PostingList();
  private readonly prefixes: AffixIndex;
  private readonly suffixes: AffixIndex;
  private readonly short: readonly Posting[];
  private readonly threes: GramIndex | undefined;
  private readonly fours: GramIndex | undefined;
  private readonly unindexed: { readonly atom: AtomId; readonly test: ValueTest }[] = [];
  private readonly present: AtomId[] = [];
  private readonly holding: Uint32Array;
  private readonly found: Posting[] = [];
  private lookups = 0;

  constructor(atoms: readonly { readonly atom: AtomId; readonly tests: readonly ValueTest[] }[]) {
    const lists = { startswith: new PostingList(), endswith: new PostingList(), contains: new PostingList() };
    for (const { atom, tests } of atoms) {
      for (const test of tests) this.place(atom, test, lists);
    }
    this.holding = new Uint32Array(Math.max(0, ...atoms.map(({ atom }) => atom)) + 1);
    this.prefixes = new AffixIndex(lists.startswith.all(), 'start', PREFIX_KEY);
    this.suffixes = new AffixIndex(lists.endswith.all(), 'end', SUFFIX_KEY);
    const contained = lists.contains.all();
    this.short = contained.filter(({ literal }) => literal.length < 3);
    this.threes = gramIndex(contained.filter(({ literal }) => literal.length === 3), 3);
    this.fours = gramIndex(contained.filter(({ literal }) => literal.length > 3), 4);
  }

  /** The atoms that hold for any value, one without text included. */
  anyValue(): AtomSet {
    return this.present;
  }

  /** The atoms that hold for a value. Time is linear in its length but for the tests that its literals call for. */
  find(value: string): AtomSet {
    const folded = foldCase(value);
    const lookup = ++this.lookups;
    const { found } = this;
    found.length = 0;
    const whole = this.whole.get(folded);
    if (whole !== undefined) found.push(whole);
    this.prefixes.find(folded, found);
    this.suffixes.find(folded, found);
    this.threes?.find(folded, lookup, found);
    this.fours?.find(folded, lookup, found);
    for (const posting of this.short) if (folded.includes(posting.literal)) found.push(posting);
    if (found.length === 0 && this.unindexed.length === 0) return this.present;
    return this.collect(value, folded, lookup);
  }

  private collect(value: string, folded: string, lookup: number): AtomSet {
    const { holding } = this;
    const atoms: AtomId[] = [];
    const add = (atom: AtomId): void => {
      if (holding[atom] === lookup) return;
      holding[atom] = lookup;
      atoms.push(atom);
    };
    for (const atom of this.present) add(atom);
    for (const posting of this.found) for (const atom of posting.atoms) add(atom);
    for (const posting of this.found) this.check(posting.checks, { value, folded, lookup, add });
    this.check(this.unindexed, { value, folded, lookup, add });
    return atoms.length === 0 ? NONE : atoms;
  }

  private check(
    checks: readonly { readonly atom: AtomId; readonly test: ValueTest }[],
    on: { value: string; folded: string; lookup: number; add: (atom: AtomId) => void },
  ): void {
    for (const { atom, test } of checks) {
      if (this.holding[atom] !== on.lookup && testText(test, on.value, on.folded)) on.add(atom);
    }
  }

  private place(atom: AtomId, test: ValueTest, lists: Record<'startswith' | 'endswith' | 'contains', PostingList>): void {
    if (test.kind === 'absent' || test.kind === 'missing') return;
    if (test.kind === 'present' || test.kind === 'exists') {
      this.present.push(atom);
    } else if (test.kind === 'literal') {
      const posting = (test.mode === 'equals' ? this.whole : lists[test.mode]).at(foldCase(test.text));
      if (test.cased) posting.checks.push({ atom, test });
      else posting.atoms.push(atom);
    } else {
      const literals = necessaryLiterals(test);
      if (literals.length === 0) this.unindexed.push({ atom, test });
      for (const literal of literals) lists.contains.at(literal).checks.push({ atom, test });
    }
  }
}

const NONE: AtomSet = [];

function gramIndex(postings: readonly Posting[], gram: 3 | 4): GramIndex | undefined {
  return postings.length === 0 ? undefined : new GramIndex(postings, gram);
}

/** Folded texts of which every value that the test holds for contains at least one. */
function necessaryLiterals(test: ValueTest): readonly string[] {
  if (test.kind === 'pattern') return test.pattern.literals;
  if (test.kind !== 'parts') return [];
  const longest = test.parts.reduce<string>((best, part) => (typeof part === 'string' && part.length > best.length ? part : best), '');
  return longest === '' ? [] : [foldCase(longest)];
}

import { AffixIndex } from './affix-index.js';
import { type ValueTest, foldCase } from './expression.js';
import { GramIndex } from './gram-index.js';
import { type AtomId, type Posting, PostingList } from './posting.js';
import { LineSearch } from './line-search.js';
import { loadCodes } from './text-codes.js';
import type { CacheBudget } from './value-cache.js';
import { testText } from './value-tests.js';

/** Atoms that hold for one value, each once. */
export type AtomSet = readonly AtomId[];

const PREFIX_KEY = 16;
const SUFFIX_KEY = 8;
/** A longer value is not folded as a whole to look at its ends. */
const MAX_FOLDED = 256;

interface Check {
  readonly atom: AtomId;
  readonly test: ValueTest;
}

/**
 * All atoms of one field, indexed so that the ones which hold for a value are found without asking each: by whole value, by beginning,
 * by end, by what the value contains. Wildcards, regular expressions and case-sensitive tests are asked only where a literal that
 * they cannot do without was found.
 */
export class ValueIndex {
  /** For a shorter value no atom holds. */
  readonly shortest: number;
  private readonly whole = new PostingList();
  private readonly longestWhole: number;
  private readonly prefixes: AffixIndex;
  private readonly suffixes: AffixIndex;
  private readonly contained: readonly GramIndex[];
  private readonly lines: LineSearch | undefined;
  private readonly unindexed: Check[] = [];
  private readonly present: AtomId[] = [];
  private readonly holding: Uint32Array;
  private readonly outer: boolean;
  private readonly found: Posting[] = [];
  private lookups = 0;

  /** @param budget where what was found in the lines of long values is to be remembered. */
  constructor(atoms: readonly { readonly atom: AtomId; readonly tests: readonly ValueTest[] }[], budget?: CacheBudget) {
    const lists = { startswith: new PostingList(), endswith: new PostingList(), contains: new PostingList() };
    for (const { atom, tests } of atoms) {
      for (const test of tests) this.place(atom, test, lists);
    }
    this.holding = new Uint32Array(Math.max(0, ...atoms.map(({ atom }) => atom)) + 1);
    this.longestWhole = this.whole.longest;
    this.prefixes = new AffixIndex(lists.startswith.all(), 'start', PREFIX_KEY);
    this.suffixes = new AffixIndex(lists.endswith.all(), 'end', SUFFIX_KEY);
    this.outer = this.longestWhole >= 0 || this.prefixes.longest > 0 || this.suffixes.longest > 0;
    const byGram = Map.groupBy(lists.contains.all(), ({ literal }) => gramFor(literal));
    this.contained = [...byGram].map(([gram, postings]) => new GramIndex(postings, gram));
    this.lines = budget && LineSearch.of(lists.contains.all(), budget);
    const open = this.outer || this.unindexed.length > 0 || this.present.length > 0;
    this.shortest = open ? 0 : Math.min(...lists.contains.all().map(({ literal }) => literal.length));
  }

  /** The atoms that hold for any value, one without text included. */
  anyValue(): AtomSet {
    return this.present;
  }

  /** The atoms that hold for a value. Time is linear in its length but for the tests that its literals call for. */
  find(value: string): AtomSet {
    const { found } = this;
    found.length = 0;
    const inLines = this.lines?.find(value, (line) => this.findContained(line, []));
    const lookup = ++this.lookups;
    if (inLines === undefined) this.findContained(value, found, lookup);
    else for (const posting of inLines) found.push(posting);
    if (this.outer) this.findOuter(value);
    if (found.length === 0 && this.unindexed.length === 0) return this.present;
    return this.collect(value, lookup);
  }

  private findContained(text: string, found: Posting[], lookup = ++this.lookups): Posting[] {
    if (this.contained.length === 0) return found;
    const codes = loadCodes(text);
    for (const index of this.contained) index.find(text, codes, { lookup, found });
    return found;
  }

  /** Finds by whole value, beginning and end. Of a long value only as much is folded as that takes. */
  private findOuter(value: string): void {
    const { found } = this;
    const folded = value.length <= MAX_FOLDED ? foldCase(value) : undefined;
    if (value.length <= this.longestWhole) {
      const whole = this.whole.get(folded ?? foldCase(value));
      if (whole !== undefined) found.push(whole);
    }
    this.prefixes.find(folded ?? foldCase(value.slice(0, this.prefixes.longest)), found);
    this.suffixes.find(folded ?? foldCase(value.slice(value.length - this.suffixes.longest)), found);
  }

  private collect(value: string, lookup: number): AtomSet {
    const atoms: AtomId[] = [];
    for (const atom of this.present) this.add(atom, lookup, atoms);
    for (const posting of this.found) for (const atom of posting.atoms) this.add(atom, lookup, atoms);
    const folding = { folded: undefined as string | undefined };
    for (const posting of this.found) this.check(posting.checks, value, lookup, { atoms, folding });
    this.check(this.unindexed, value, lookup, { atoms, folding });
    return atoms.length === 0 ? NONE : atoms;
  }

  private add(atom: AtomId, lookup: number, atoms: AtomId[]): void {
    if (this.holding[atom] === lookup) return;
    this.holding[atom] = lookup;
    atoms.push(atom);
  }

  private check(
    checks: readonly Check[],
    value: string,
    lookup: number,
    into: { atoms: AtomId[]; folding: { folded: string | undefined } },
  ): void {
    for (const { atom, test } of checks) {
      if (this.holding[atom] === lookup) continue;
      const folded = readsFolded(test) ? (into.folding.folded ??= foldCase(value)) : value;
      if (testText(test, value, folded)) this.add(atom, lookup, into.atoms);
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

function readsFolded(test: ValueTest): boolean {
  return (test.kind === 'literal' || test.kind === 'parts') && !test.cased;
}

function gramFor({ length }: string): 1 | 2 | 4 {
  return length > 3 ? 4 : length > 1 ? 2 : 1;
}

/** Folded texts of which every value that the test holds for contains at least one. */
export function necessaryLiterals(test: ValueTest): readonly string[] {
  if (test.kind === 'pattern') return test.pattern.literals;
  if (test.kind !== 'parts') return [];
  const longest = test.parts.reduce<string>((best, part) => (typeof part === 'string' && part.length > best.length ? part : best), '');
  return longest === '' ? [] : [foldCase(longest)];
}

import type { SecurityEvent } from '../../../contracts/security-event.js';
import type { Expression, ItemExpression } from './expression.js';
import { KeywordScreen } from './keyword-screen.js';
import type { AtomId } from './posting.js';
import { type AtomMarks, type RuleProgram, compileProgram } from './rule-program.js';
import type { SigmaRule } from './sigma-rule.js';
import { type CacheBudget, ValueCache } from './value-cache.js';
import { type AtomSet, ValueIndex } from './value-index.js';
import { itemKey, testNothing, textsOf } from './value-tests.js';
import { witnessesOf } from './witnesses.js';

/** A rule with what is left of its detection once what all events of a group have in common is known. */
export interface GroupRule {
  readonly rule: SigmaRule;
  readonly detection: Expression;
}

interface Field {
  readonly name: string;
  readonly index: ValueIndex;
  readonly cache: ValueCache<AtomId>;
  /** Atoms that hold where the field is missing. */
  readonly missing: AtomSet;
  /** Atoms that hold where the field is null. */
  readonly none: AtomSet;
}

const MAX_EVENT_NUMBER = 0xffff_ffff;

/**
 * The rules that events of one kind can match, compiled together. Tests that rules share are one atom; the atoms that hold for a field's
 * value come from a cache or an index; only rules one of whose witnesses holds are evaluated.
 */
export class RuleGroup {
  private readonly fields: Field[] = [];
  private readonly keywords: Field | undefined;
  private readonly screen: KeywordScreen | undefined;
  private readonly programs: RuleProgram[] = [];
  /** Numbers of the rules that an atom is a witness of, by atom. */
  private readonly witnessed: number[][] = [];
  private readonly unwitnessed: number[] = [];
  private readonly state: AtomMarks = { marks: new Uint32Array(0), event: 0 };
  private readonly seen: Uint32Array;
  private readonly candidates: number[] = [];

  /** @param rules in the order in which matches are to be told. */
  constructor(
    private readonly rules: readonly GroupRule[],
    budget: CacheBudget,
  ) {
    const items = new ItemNumbers();
    for (const [number, { detection }] of rules.entries()) {
      this.programs.push(compileProgram(detection, this.state, (item) => items.numberOf(item)));
      const witnesses = witnessesOf(detection);
      if (witnesses === undefined) this.unwitnessed.push(number);
      for (const item of witnesses ?? []) (this.witnessed[items.numberOf(item)] ??= []).push(number);
    }
    for (let atom = 0; atom < items.items.length; atom++) this.witnessed[atom] ??= [];
    this.state.marks = new Uint32Array(items.items.length);
    this.seen = new Uint32Array(rules.length);
    const byField = Map.groupBy(items.items.entries(), ([, item]) => item.field);
    for (const [name, atoms] of byField) {
      const field = toField(name ?? '', atoms, budget);
      if (name === undefined) this.keywords = field;
      else this.fields.push(field);
    }
    this.screen = KeywordScreen.of(items.items.filter(({ field }) => field === undefined));
  }

  /** The rules that hold in an event, in the group's order. */
  match(event: SecurityEvent): readonly SigmaRule[] {
    if (this.programs.length === 0) return NONE;
    this.begin();
    for (const field of this.fields) this.read(field, event.field(field.name));
    if (this.keywords !== undefined) this.readValues(this.keywords, event);
    const { candidates } = this;
    for (const number of this.unwitnessed) candidates.push(number);
    if (candidates.length === 0) return NONE;
    return this.evaluate(event);
  }

  private evaluate(event: SecurityEvent): readonly SigmaRule[] {
    const matched: number[] = [];
    for (const number of this.candidates) if (this.programs[number]?.(event) === true) matched.push(number);
    if (matched.length === 0) return NONE;
    if (matched.length > 1) matched.sort((a, b) => a - b);
    return matched.flatMap((number) => this.rules[number]?.rule ?? []);
  }

  private begin(): void {
    this.candidates.length = 0;
    if (this.state.event === MAX_EVENT_NUMBER) {
      this.state.marks.fill(0);
      this.seen.fill(0);
      this.state.event = 0;
    }
    this.state.event++;
  }

  /** Most values of an event are seen once, so keywords go by the index alone. */
  private readValues(keywords: Field, event: SecurityEvent): void {
    if (event.json !== undefined && this.screen?.mayHold(event.json) === false) return;
    const { shortest } = keywords.index;
    for (const value of event.values()) {
      if (value.length < shortest) continue;
      const atoms = keywords.index.find(value);
      if (atoms.length > 0) this.mark(atoms);
    }
  }

  private read(field: Field, value: unknown): void {
    if (typeof value === 'string') this.mark(lookup(field, value));
    else if (value === undefined) this.mark(field.missing);
    else if (value === null) this.mark(field.none);
    else this.readOther(field, value);
  }

  private readOther(field: Field, value: unknown): void {
    this.mark(field.index.anyValue());
    if (Array.isArray(value) && value.includes(null)) this.mark(field.none);
    for (const text of textsOf(value)) this.mark(lookup(field, text));
  }

  private mark(atoms: AtomSet): void {
    const { state, seen, candidates } = this;
    for (let i = 0; i < atoms.length; i++) {
      const atom = atoms[i] ?? 0;
      if (state.marks[atom] === state.event) continue;
      state.marks[atom] = state.event;
      for (const number of this.witnessed[atom] ?? NO_NUMBERS) {
        if (seen[number] === state.event) continue;
        seen[number] = state.event;
        candidates.push(number);
      }
    }
  }
}

const NONE: readonly SigmaRule[] = [];
const NO_NUMBERS: readonly number[] = [];

/** Numbers items; equal ones have one number. */
class ItemNumbers {
  readonly items: ItemExpression[] = [];
  private readonly byKey = new Map<string, AtomId>();
  private readonly byItem = new Map<ItemExpression, AtomId>();

  numberOf(item: ItemExpression): AtomId {
    const known = this.byItem.get(item);
    if (known !== undefined) return known;
    const key = itemKey(item);
    let number = this.byKey.get(key);
    if (number === undefined) {
      number = this.items.push(item) - 1;
      this.byKey.set(key, number);
    }
    this.byItem.set(item, number);
    return number;
  }
}

function toField(name: string, atoms: readonly (readonly [AtomId, ItemExpression])[], budget: CacheBudget): Field {
  const holdingFor = (value: null | undefined): AtomSet =>
    atoms.filter(([, item]) => item.tests.some((test) => testNothing(test, value))).map(([atom]) => atom);
  const index = new ValueIndex(
    atoms.map(([atom, item]) => ({ atom, tests: item.tests })),
    budget,
  );
  return { name, index, cache: new ValueCache(budget), missing: holdingFor(undefined), none: holdingFor(null) };
}

function lookup(field: Field, value: string): AtomSet {
  const known = field.cache.get(value);
  if (known !== undefined) return known;
  const atoms = field.index.find(value);
  field.cache.set(value, atoms);
  return atoms;
}

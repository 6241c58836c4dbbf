import { type Expression, type ItemExpression, type LiteralMode, type ValueTest, allOf, anyOf, foldCase } from './expression.js';
import { parseCidr } from './cidr.js';
import { type Modifiers, parseModifiers } from './modifiers.js';
import type { LogsourceTaxonomy } from './logsource-taxonomy.js';
import type { PlaceholderLists } from './placeholder-lists.js';
import { type ExpansionBudget, type PlaceholderValues, expandPlaceholders } from './placeholders.js';
import { SigmaError, readPart } from './sigma-error.js';
import { ANY, type TextPart, isPlain, mapPlain, parseText, plainText, withWildcards } from './sigma-text.js';
import { spellingsOf } from './spellings.js';
import { type TestBudget, patternCost, textCost } from './test-budget.js';
import { encodeText, windashVariants } from './text-encoding.js';
import type { PatternCompiler, PatternFlags, TextPattern } from './text-pattern.js';

/** What reading a rule needs besides the rule. */
export interface ReadingContext {
  readonly compilePattern: PatternCompiler;
  readonly placeholders: PlaceholderValues;
  /** Where a document is for all tenants and they have values of their own: those, and the common ones, which `placeholders` has too. */
  readonly lists?: PlaceholderLists;
  /** Bounds the values that come of placeholders. */
  readonly expansions?: ExpansionBudget;
  readonly logsources: LogsourceTaxonomy;
  /** What may be built of all that is read with this context; without bound where it is left out. */
  readonly budget?: TestBudget;
}

const ABSENT: ValueTest = { kind: 'absent' };
const PRESENT: ValueTest = { kind: 'present' };
const MAX_VALUES = 20_000;
const MAX_VALUE_LENGTH = 32_768;

/**
 * Reads one line of a detection: `key` is the field name with its modifiers, or for keywords the modifiers alone (`|all`).
 * @throws SigmaError when modifiers and values do not go together.
 */
export function readItem(key: string, value: unknown, context: ReadingContext): Expression {
  const [name = '', ...names] = key.split('|');
  const field = name.trim() === '' ? undefined : name.trim();
  return readPart(key === '' ? [] : [key], key === '' ? 'keywords' : key, () => readValues(field, parseModifiers(names), value, context));
}

/** Reads a list of keywords, which are looked for in every value of an event. */
export function readKeywords(values: unknown, context: ReadingContext): Expression {
  return readItem('', values, context);
}

function readValues(field: string | undefined, modifiers: Modifiers, value: unknown, context: ReadingContext): Expression {
  const values = Array.isArray(value) ? (value as unknown[]) : [value];
  if (values.length === 0) throw new SigmaError('the list of values is empty');
  if (values.length > MAX_VALUES) throw new SigmaError(`more than ${MAX_VALUES} values`);
  if (modifiers.exists) return readExists(field, values);
  if (modifiers.fieldref) return readFieldReference(field, modifiers, values);
  const tests = values.map((one, index) =>
    readPart(Array.isArray(value) ? [index] : [], '', () => readValue(field, one, modifiers, context)),
  );
  const item = (some: readonly ValueTest[]): ItemExpression => ({ kind: 'item', field, tests: some });
  const positive = modifiers.all ? allOf(tests.map(item)) : item(tests.flat());
  return modifiers.negated ? differs(field, positive) : positive;
}

/** `neq`: a value is there, and the comparison does not hold for it. */
function differs(field: string | undefined, positive: Expression): Expression {
  if (field === undefined) throw new SigmaError('modifier "neq" needs a field');
  return allOf([
    { kind: 'item', field, tests: [PRESENT] },
    { kind: 'not', of: positive },
  ]);
}

function readExists(field: string | undefined, values: readonly unknown[]): Expression {
  const [wanted] = values;
  if (field === undefined || values.length !== 1 || typeof wanted !== 'boolean')
    throw new SigmaError('modifier "exists" needs a field and true or false');
  return { kind: 'item', field, tests: [{ kind: wanted ? 'exists' : 'missing' }] };
}

function readFieldReference(field: string | undefined, modifiers: Modifiers, values: readonly unknown[]): Expression {
  if (field === undefined) throw new SigmaError('modifier "fieldref" needs a field');
  const references = values.map((other): Expression => {
    if (typeof other !== 'string' || other === '') throw new SigmaError('modifier "fieldref" needs the name of a field');
    return { kind: 'fieldref', field, other, mode: modifiers.mode, cased: modifiers.cased };
  });
  const positive = modifiers.all ? allOf(references) : anyOf(references);
  return modifiers.negated ? differs(field, positive) : positive;
}

function readValue(field: string | undefined, value: unknown, modifiers: Modifiers, context: ReadingContext): ValueTest[] {
  context.budget?.build(1);
  if (value === null) return readNull(field, modifiers);
  if (modifiers.operator !== undefined) return [readComparison(value, modifiers)];
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean' && typeof value !== 'bigint') {
    throw new SigmaError('a value is neither text, number, true, false nor null');
  }
  const text = String(value);
  if (text.length > MAX_VALUE_LENGTH) throw new SigmaError(`a value is longer than ${MAX_VALUE_LENGTH} characters`);
  const texts = modifiers.expand ? expandText(text, context) : [text];
  if (modifiers.cidr) return texts.map((one) => ({ kind: 'cidr', range: parseCidr(one) }));
  if (modifiers.pattern !== undefined) {
    const flags = modifiers.pattern;
    return texts.map((one) => ({ kind: 'pattern', pattern: readPattern(one, flags, context) }));
  }
  return texts.flatMap((one) => readText(one, field === undefined, modifiers, context));
}

function readPattern(source: string, flags: PatternFlags, { compilePattern, budget }: ReadingContext): TextPattern {
  const pattern = compilePattern(source, flags);
  budget?.build(patternCost(pattern.size));
  return pattern;
}

function expandText(text: string, { placeholders, expansions }: ReadingContext): readonly string[] {
  const texts = expandPlaceholders(text, placeholders);
  expansions?.spend(texts.length);
  return texts;
}

function readNull(field: string | undefined, modifiers: Modifiers): ValueTest[] {
  const plain = modifiers.mode === 'equals' && modifiers.pattern === undefined && modifiers.operator === undefined && !modifiers.cidr;
  if (field === undefined || !plain) throw new SigmaError('null goes with a field and no modifier of text');
  return [ABSENT];
}

function readComparison(value: unknown, modifiers: Modifiers): ValueTest {
  const than = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof than !== 'number' || !Number.isFinite(than)) throw new SigmaError('a comparison needs a number');
  const test = { kind: 'compare', operator: modifiers.operator ?? 'eq', than } as const;
  return modifiers.part === undefined ? test : { ...test, part: modifiers.part };
}

function readText(text: string, keyword: boolean, modifiers: Modifiers, { budget }: ReadingContext): ValueTest[] {
  const parsed = parseText(text);
  const mode: LiteralMode = keyword && modifiers.mode === 'equals' ? 'contains' : modifiers.mode;
  const isWhole = mode === 'equals' && !modifiers.cased && modifiers.encodings.length === 0 && isPlain(parsed);
  const spelled = isWhole ? spellingsOf(plainText(parsed)).map((one): TextPart[] => [one]) : [parsed];
  const dashed = modifiers.windash ? spelled.flatMap((parts) => windashVariants(parts)) : spelled;
  budget?.build(dashed.length * textCost(text.length));
  const encoded = dashed.flatMap((parts) => encodeText(parts, modifiers.encodings));
  return encoded.map((parts) => toTest(wrap(parts, mode), modifiers.cased));
}

function wrap(parts: readonly TextPart[], mode: LiteralMode): TextPart[] {
  return withWildcards(parts, mode === 'contains' || mode === 'endswith', mode === 'contains' || mode === 'startswith');
}

function toTest(parts: readonly TextPart[], cased: boolean): ValueTest {
  if (parts.length > 0 && parts.every((part) => part === ANY)) return PRESENT;
  const folded = cased ? parts : mapPlain(parts, foldCase);
  const before = folded[0] === ANY;
  const after = folded.length > 1 && folded.at(-1) === ANY;
  const inner = folded.slice(before ? 1 : 0, after ? -1 : undefined);
  if (!isPlain(inner)) return { kind: 'parts', parts: folded, cased };
  const text = plainText(inner);
  const mode = before ? (after ? 'contains' : 'endswith') : after ? 'startswith' : 'equals';
  return { kind: 'literal', mode, text, cased };
}

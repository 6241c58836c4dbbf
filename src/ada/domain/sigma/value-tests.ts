import { cidrContains } from './cidr.js';
import { compareValue } from './comparison.js';
import { type ItemExpression, type LiteralMode, type ValueTest, foldCase } from './expression.js';
import { ANY, ONE, type TextPart, matchesParts } from './sigma-text.js';

/** Asks one test of one text. `folded` is the text in folded case. A text is there: `present` and `exists` hold, `absent` and `missing` do not. */
export function testText(test: ValueTest, text: string, folded: string): boolean {
  switch (test.kind) {
    case 'literal':
      return compareText(test.mode, test.cased ? text : folded, test.text);
    case 'parts':
      return matchesParts(test.parts, test.cased ? text : folded);
    case 'pattern':
      return test.pattern.matches(text);
    case 'cidr':
      return cidrContains(test.range, text);
    case 'compare':
      return compareValue(text, test);
    case 'present':
    case 'exists':
      return true;
    case 'absent':
    case 'missing':
      return false;
  }
}

/** Compares two texts in one of the ways that Sigma has for them. */
export function compareText(mode: LiteralMode, text: string, wanted: string): boolean {
  switch (mode) {
    case 'equals':
      return text === wanted;
    case 'startswith':
      return text.startsWith(wanted);
    case 'endswith':
      return text.endsWith(wanted);
    case 'contains':
      return text.includes(wanted);
  }
}

/** Compares two fields' values as a field reference asks. */
export function compareFields(mode: LiteralMode, cased: boolean, value: string, other: string): boolean {
  return cased ? compareText(mode, value, other) : compareText(mode, foldCase(value), foldCase(other));
}

/**
 * The texts that a field's value is compared as: its own, or those of the members of a list. Numbers and booleans are written out;
 * a null member and an object have no text.
 */
export function textsOf(value: unknown): string[] {
  const text = textOf(value);
  if (text !== undefined) return [text];
  return Array.isArray(value) ? (value as unknown[]).map(textOf).filter((member) => member !== undefined) : [];
}

/** Asks one test of a field that is missing (undefined) or null. */
export function testNothing(test: ValueTest, value: null | undefined): boolean {
  return test.kind === 'absent' || test.kind === (value === null ? 'exists' : 'missing');
}

/** Equal for items that hold for the same values of the same field. */
export function itemKey(item: ItemExpression): string {
  return JSON.stringify([item.field ?? null, item.tests.map(testKey)]);
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint' ? String(value) : undefined;
}

function testKey(test: ValueTest): unknown {
  switch (test.kind) {
    case 'literal':
      return [test.mode, test.cased, test.text];
    case 'parts':
      return ['parts', test.cased, test.parts.map(partKey)];
    case 'pattern':
      return ['pattern', test.pattern.key];
    case 'cidr':
      return ['cidr', test.range.text];
    case 'compare':
      return ['compare', test.operator, test.than, test.part ?? null];
    case 'present':
    case 'absent':
    case 'exists':
    case 'missing':
      return [test.kind];
  }
}

function partKey(part: TextPart): unknown {
  return part === ANY ? 1 : part === ONE ? 2 : part;
}

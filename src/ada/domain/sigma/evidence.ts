import type { SecurityEvent } from '../../../contracts/security-event.js';
import { type Expression, type ItemExpression, type ValueTest, foldCase } from './expression.js';
import { holdsReference } from './rule-program.js';
import { testNothing, testText, textsOf } from './value-tests.js';

/** A field and the value of it that made a rule match. */
export interface Evidence {
  readonly field: string;
  readonly value: string;
}

/**
 * What in an event made an expression hold: for each positive test on the way to the match, the field and its value, in the rule's
 * order. Empty where it held by what is not in the event, or does not hold.
 */
export function evidenceOf(expression: Expression, event: SecurityEvent): readonly Evidence[] {
  return evidenceIn(expression, event) ?? [];
}

/** The same, told apart from what does not hold: `undefined` there. */
export function evidenceIn(expression: Expression, event: SecurityEvent): readonly Evidence[] | undefined {
  switch (expression.kind) {
    case 'item':
      return explainItem(expression, event);
    case 'fieldref':
      if (!holdsReference(expression, event)) return undefined;
      return [{ field: expression.field, value: textsOf(event.field(expression.field))[0] ?? '' }];
    case 'not':
      return evidenceIn(expression.of, event) === undefined ? [] : undefined;
    case 'and':
      return explainAll(expression.of, event);
    case 'or':
      return explainAny(expression.of, event);
  }
}

function explainAll(of: readonly Expression[], event: SecurityEvent): readonly Evidence[] | undefined {
  const all: Evidence[] = [];
  for (const part of of) {
    const found = evidenceIn(part, event);
    if (found === undefined) return undefined;
    all.push(...found);
  }
  return all;
}

function explainAny(of: readonly Expression[], event: SecurityEvent): readonly Evidence[] | undefined {
  for (const part of of) {
    const found = evidenceIn(part, event);
    if (found !== undefined) return found;
  }
  return undefined;
}

function explainItem({ field, tests }: ItemExpression, event: SecurityEvent): readonly Evidence[] | undefined {
  if (field === undefined) {
    for (const value of event.values()) if (meets(value, tests)) return [{ field: 'the event', value }];
    return undefined;
  }
  const value = event.field(field);
  if (value === undefined || value === null) return tests.some((test) => testNothing(test, value)) ? [] : undefined;
  const text = textsOf(value).find((one) => meets(one, tests));
  if (text !== undefined) return [{ field, value: text }];
  const anyValue = tests.some((test) => test.kind === 'present' || test.kind === 'exists');
  const hasNull = Array.isArray(value) && value.includes(null) && tests.some((test) => testNothing(test, null));
  return anyValue || hasNull ? [] : undefined;
}

function meets(text: string, tests: readonly ValueTest[]): boolean {
  const folded = foldCase(text);
  return tests.some((test) => testText(test, text, folded));
}

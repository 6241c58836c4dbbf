import type { Expression, ItemExpression } from './expression.js';
import { testText } from './value-tests.js';

const EVENT_ID = 'EventID';

/**
 * What is left of an expression once the event id is known: `true` or `false` where that settles it. Only comparisons of `EventID` for
 * equality are settled. `undefined` stands for every event id that the rules do not name.
 */
export function settleEventId(expression: Expression, eventId: number | undefined): Expression | boolean {
  switch (expression.kind) {
    case 'item':
      return namesEventIds(expression)
        ? expression.tests.some((test) => eventId !== undefined && testText(test, `${eventId}`, `${eventId}`))
        : expression;
    case 'fieldref':
      return expression;
    case 'not': {
      const inner = settleEventId(expression.of, eventId);
      return typeof inner === 'boolean' ? !inner : { kind: 'not', of: inner };
    }
    case 'and':
    case 'or':
      return settleEach(expression.kind, expression.of, eventId);
  }
}

/** Adds the event ids that the expression compares for equality to a set, as text. */
export function collectEventIds(expression: Expression, into: Set<string>): void {
  if (expression.kind === 'item') {
    if (namesEventIds(expression)) for (const test of expression.tests) if (test.kind === 'literal') into.add(test.text);
  } else if (expression.kind === 'not') {
    collectEventIds(expression.of, into);
  } else if (expression.kind !== 'fieldref') {
    for (const part of expression.of) collectEventIds(part, into);
  }
}

function settleEach(kind: 'and' | 'or', of: readonly Expression[], eventId: number | undefined): Expression | boolean {
  const decides = kind === 'or';
  const open: Expression[] = [];
  for (const part of of) {
    const settled = settleEventId(part, eventId);
    if (settled === decides) return decides;
    if (typeof settled !== 'boolean') open.push(settled);
  }
  const [only] = open;
  if (only === undefined) return !decides;
  return open.length === 1 ? only : { kind, of: open };
}

function namesEventIds(item: ItemExpression): boolean {
  return item.field === EVENT_ID && item.tests.every((test) => test.kind === 'literal' && test.mode === 'equals');
}

import type { Expression, ItemExpression, ValueTest } from '../sigma/expression.js';
import { ANY } from '../sigma/sigma-text.js';

const MOST_FIELDS = 100;
const MOST_CHARACTERS = 8_192;
/** Where words go that may stand in any field. */
const ANYWHERE = 'message';
/** How far from a number one lies that compares so. */
const BESIDE = { lt: -1, lte: 0, eq: 0, gte: 0, gt: 1 } as const;

/**
 * Values of fields for which an expression may hold: of alternatives one is taken, what must not be there is passed over. Whoever uses them asks an
 * evaluator whether it holds. `undefined` where there is a regular expression or a comparison of fields, of which no value is known.
 * @param choice which alternative, beginning from the first; beyond the last it is counted from the first again.
 */
export function wishedFields(expression: Expression, choice: number): ReadonlyMap<string, string> | undefined {
  const wishes = new Map<string, ValueTest[]>();
  if (!collect(expression, choice, wishes) || wishes.size > MOST_FIELDS) return undefined;
  const fields = new Map<string, string>();
  let characters = 0;
  for (const [field, tests] of wishes) {
    const value = valueFor(tests);
    if (value === undefined) continue;
    characters += value.length;
    fields.set(field, value);
  }
  return characters > MOST_CHARACTERS ? undefined : fields;
}

function collect(expression: Expression, choice: number, wishes: Map<string, ValueTest[]>): boolean {
  switch (expression.kind) {
    case 'and':
      return expression.of.every((part) => collect(part, choice, wishes));
    case 'or': {
      const part = expression.of[choice % expression.of.length];
      return part !== undefined && collect(part, choice, wishes);
    }
    case 'not':
      return true;
    case 'fieldref':
      return false;
    case 'item':
      return collectItem(expression, choice, wishes);
  }
}

function collectItem({ field = ANYWHERE, tests }: ItemExpression, choice: number, wishes: Map<string, ValueTest[]>): boolean {
  const known = tests.filter(({ kind }) => kind !== 'pattern');
  const test = known[choice % known.length];
  if (test === undefined) return false;
  const others = wishes.get(field);
  if (others === undefined) wishes.set(field, [test]);
  else others.push(test);
  return true;
}

/** A text that begins, goes on and ends as is asked; `undefined` where nothing is to be there. */
function valueFor(tests: readonly ValueTest[]): string | undefined {
  let [head, tail] = ['', ''];
  const middle: string[] = [];
  let isThere = false;
  for (const test of tests) {
    if (test.kind === 'absent' || test.kind === 'missing') continue;
    isThere = true;
    if (test.kind === 'literal' && test.mode === 'startswith') head = test.text;
    else if (test.kind === 'literal' && test.mode === 'endswith') tail = test.text;
    else if (test.kind === 'literal' && test.mode === 'equals') return test.text;
    else middle.push(textFor(test));
  }
  if (!isThere) return undefined;
  return `${head}${middle.join(' ')}${tail}` || 'x';
}

function textFor(test: ValueTest): string {
  switch (test.kind) {
    case 'literal':
      return test.text;
    case 'parts':
      return test.parts.map((part) => (typeof part === 'string' ? part : part === ANY ? '' : 'x')).join('');
    case 'cidr':
      return test.range.text.split('/')[0] ?? '';
    case 'compare':
      return String(test.than + BESIDE[test.operator]);
    case 'pattern':
    case 'present':
    case 'absent':
    case 'exists':
    case 'missing':
      return '';
  }
}

import type { Expression, ItemExpression, ValueTest } from './expression.js';

interface Witnesses {
  readonly items: readonly ItemExpression[];
  readonly cost: number;
}

const COST = { equals: 8, endswith: 10, contains: 12, startswith: 40, always: 2_000, pattern: 30 };
const SHORT_LITERAL = 6;

/**
 * Items of which at least one holds wherever the expression holds, chosen so that they hold seldom; `undefined` where there are none
 * (the expression may hold by what is not there). A rule need not be looked at in an event in which none of its witnesses holds.
 */
export function witnessesOf(expression: Expression): readonly ItemExpression[] | undefined {
  return search(expression)?.items;
}

function search(expression: Expression): Witnesses | undefined {
  switch (expression.kind) {
    case 'item':
      return { items: [expression], cost: expression.tests.reduce((cost, test) => cost + costOf(test), 0) };
    case 'and':
      return cheapest(expression.of.map(search));
    case 'or':
      return together(expression.of.map(search));
    case 'not':
    case 'fieldref':
      return undefined;
  }
}

function cheapest(choices: readonly (Witnesses | undefined)[]): Witnesses | undefined {
  let best: Witnesses | undefined;
  for (const choice of choices) if (choice !== undefined && (best === undefined || choice.cost < best.cost)) best = choice;
  return best;
}

function together(choices: readonly (Witnesses | undefined)[]): Witnesses | undefined {
  const items: ItemExpression[] = [];
  let cost = 0;
  for (const choice of choices) {
    if (choice === undefined) return undefined;
    items.push(...choice.items);
    cost += choice.cost;
  }
  return { items, cost };
}

/** A guess of how often a test holds. */
function costOf(test: ValueTest): number {
  switch (test.kind) {
    case 'literal':
      return COST[test.mode] + 20 * Math.max(0, SHORT_LITERAL - test.text.length);
    case 'parts':
    case 'pattern':
      return COST.pattern;
    case 'cidr':
    case 'compare':
    case 'present':
    case 'absent':
    case 'exists':
    case 'missing':
      return COST.always;
  }
}

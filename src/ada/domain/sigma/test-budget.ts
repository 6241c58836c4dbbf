import type { Expression, ValueTest } from './expression.js';
import { SigmaError } from './sigma-error.js';

const MOST_TESTS = 20_000;
/** Characters of a text that are looked for at the cost of a test more. */
const CHARACTERS_PER_TEST = 64;
/** A pattern's instruction, asked of each character, takes as long as some tests of a text that is looked for. */
const TESTS_PER_INSTRUCTION = 10;

/**
 * What all that one tenant wrote may cost together: the tests that its values become, such as the spellings of a dash, and the tests that its conditions ask
 * of one event, each as often as a condition names it. Both are bounded by 20,000; a pattern counts 10 for each instruction of its program, a text one more for
 * each 64 characters. What is too much is refused before it is built.
 */
export class TestBudget {
  private built = 0;
  private asked = 0;

  /** Counts tests that are about to be built; 0 asks whether there is anything left. @throws SigmaError beyond the bound */
  build(tests: number): void {
    this.built += tests;
    if (this.built > MOST_TESTS) throw new SigmaError(tooMuch(this.built, 'values become'));
  }

  /** Counts what an event is asked by a condition. @throws SigmaError beyond the bound */
  ask(expression: Expression): void {
    this.asked += costOf(expression, new Map());
    if (this.asked > MOST_TESTS) throw new SigmaError(tooMuch(this.asked, 'conditions ask of an event'));
  }
}

/** The cost of looking for one text. */
export function textCost(length: number): number {
  return 1 + Math.floor(length / CHARACTERS_PER_TEST);
}

/** The cost of a pattern by the size of its program. */
export function patternCost(size: number): number {
  return size * TESTS_PER_INSTRUCTION;
}

function tooMuch(tests: number, by: string): string {
  return `the tests that ${by} are ${tests} or more, over all documents together, more than ${MOST_TESTS}`;
}

/** Wherever a condition stands for a search it is the same object, which is counted once and added each time. */
function costOf(expression: Expression, known: Map<Expression, number>): number {
  const before = known.get(expression);
  if (before !== undefined) return before;
  const cost = ownCost(expression, known);
  known.set(expression, cost);
  return cost;
}

function ownCost(expression: Expression, known: Map<Expression, number>): number {
  switch (expression.kind) {
    case 'item':
      return expression.tests.reduce((sum, test) => sum + testCost(test), 0);
    case 'fieldref':
      return 1;
    case 'not':
      return costOf(expression.of, known);
    case 'and':
    case 'or':
      return expression.of.reduce((sum, part) => sum + costOf(part, known), 0);
  }
}

function testCost(test: ValueTest): number {
  if (test.kind === 'pattern') return patternCost(test.pattern.size);
  if (test.kind === 'literal') return textCost(test.text.length);
  return test.kind === 'parts' ? test.parts.length : 1;
}

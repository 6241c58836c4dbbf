import fc from 'fast-check';
import type { ValueTest } from './expression.js';
import { CacheBudget } from './value-cache.js';
import { ValueIndex } from './value-index.js';

const WORDS = ['iex', 'Invoke-Expression', ' -enc ', 'set', 'Host Name = ConsoleHost', 'ſet', 'a\ud800b', '\r', 'K', '-f', 'x'.repeat(70)];

const word = fc.constantFrom(...WORDS);
const line = fc.array(fc.oneof({ weight: 3, arbitrary: word }, fc.string({ maxLength: 12, unit: 'binary' })), { maxLength: 6 });
const value = fc
  .array(line, { minLength: 1, maxLength: 60 })
  .map((lines) => lines.map((words) => words.join('')).join('\n'))
  .map((text) => text.padEnd(520, 'ab c\n'));
const literal = fc.oneof(
  word,
  fc.constantFrom('e', 'ex', 'expression', 'xx', 'ConsoleHost', ' = C'),
  fc.string({ minLength: 1, maxLength: 6 }),
);

function testOf(text: string, at: number): ValueTest {
  const modes = ['contains', 'contains', 'contains', 'startswith', 'endswith'] as const;
  return { kind: 'literal', mode: modes[at % modes.length] ?? 'contains', text, cased: at % 4 === 3 };
}

describe('the search of long values by their lines', () => {
  it('finds what a search of the whole value finds, remembered or not', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(literal, { minLength: 1, maxLength: 12 }),
        fc.array(value, { minLength: 1, maxLength: 5 }),
        (texts, values) => {
          const atoms = texts.map((text, atom) => ({ atom, tests: [testOf(text, atom)] }));
          const whole = new ValueIndex(atoms);
          const byLines = new ValueIndex(atoms, new CacheBudget());
          const small = new ValueIndex(atoms, new CacheBudget(1_000));
          for (const text of [...values, ...values]) {
            const expected = [...whole.find(text)].sort((a, b) => a - b);
            for (const index of [byLines, small]) expect([...index.find(text)].sort((a, b) => a - b)).toEqual(expected);
          }
        },
      ),
      { numRuns: 2_000, seed: 7 },
    );
  });

  it('remembers lines within its budget, and nothing without one', () => {
    const atoms = [{ atom: 0, tests: [testOf('needle', 0)] }];
    const lines = (count: number): string => Array.from({ length: count }, (_, at) => `${at}`.padStart(80, 'n')).join('\n');
    const budget = new CacheBudget(100_000);
    const index = new ValueIndex(atoms, budget);
    index.find(lines(100));
    const { spent } = budget;
    expect(spent).toBeGreaterThan(100 * 80);
    index.find(lines(100));
    expect(budget.spent).toBe(spent);
    index.find(lines(5_000));
    expect(budget.spent).toBeLessThanOrEqual(100_000);
    const none = new CacheBudget(0);
    new ValueIndex(atoms, none).find(lines(100));
    expect(none.spent).toBe(0);
  });

  it('finds literals that span lines', () => {
    const index = new ValueIndex([{ atom: 3, tests: [testOf('end\nbegin', 0)] }], new CacheBudget());
    expect(index.find(`${'filler '.repeat(100)}the End\nBegin of it`)).toEqual([3]);
  });
});

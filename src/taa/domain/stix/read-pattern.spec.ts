import fc from 'fast-check';
import { PATTERN, printPattern } from '../../../../test/support/stix-patterns.js';
import { readPattern } from './read-pattern.js';
import { StixPatternError } from './stix-pattern-error.js';

const WORDS = [
  '[', ']', '(', ')', 'a:b', "a:b.'c-d'", '[*]', '[0]', '=', '!=', '<', 'IN', 'LIKE', 'MATCHES', 'ISSUBSET', 'EXISTS', 'NOT', 'AND', 'OR', 'FOLLOWEDBY',
  'WITHIN', 'SECONDS', 'REPEATS', 'TIMES', 'START', 'STOP', "'x'", '5', '-1.5', 'true', "h'00ff'", "b'AA=='", "t'2026-01-01T00:00:00Z'", ',', '.', '/*', '//',
]; // prettier-ignore

describe('readPattern', () => {
  it('reads again what it has read, as it is written', () => {
    fc.assert(
      fc.property(PATTERN, (pattern) => {
        expect(readPattern(printPattern(pattern))).toEqual(pattern);
      }),
      { numRuns: 1_000 },
    );
  });

  it('reads or refuses whatever it is given, with an error of its own', () => {
    const words = fc.array(fc.constantFrom(...WORDS), { maxLength: 60 }).map((parts) => parts.join(' '));
    let read = 0;
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), words), (text) => {
        try {
          readPattern(text);
          read++;
        } catch (error) {
          expect(error).toBeInstanceOf(StixPatternError);
        }
      }),
      { numRuns: 3_000 },
    );
    expect(read).toBeLessThan(3_000);
  });

  const of = (text: string): string => printPattern(readPattern(text));

  it.each([
    ['[a:b = 1] OR [a:b = 2] AND [a:b = 3]', '[a:b = 1] OR ([a:b = 2] AND [a:b = 3])'],
    ['[a:b = 1] FOLLOWEDBY [a:b = 2] OR [a:b = 3]', '[a:b = 1] FOLLOWEDBY ([a:b = 2] OR [a:b = 3])'],
    ['[a:b = 1 OR a:b = 2 AND a:b = 3]', '[a:b = 1 OR (a:b = 2 AND a:b = 3)]'],
    ['[a:b = 1] AND [a:b = 2] WITHIN 5 SECONDS', '[a:b = 1] AND [a:b = 2] WITHIN 5 SECONDS'],
    ['[a:b == +1] /* or */ or // all of it\n [a:b <> 2]', '[a:b = 1] OR [a:b != 2]'],
    ["[not:a = 1 AND exists:b LIKE 'x' OR not exists not:not]", "[(not:a = 1 AND exists:b LIKE 'x') OR NOT EXISTS not:not]"],
    ["[file:hashes.SHA-256 = 'aa']", "[file:hashes.'SHA-256' = 'aa']"],
    ["[a:b = b'AQID']", "[a:b = h'010203']"],
    ["[a:b = 'it\\'s \\\\ here']", "[a:b = 'it\\'s \\\\ here']"],
  ])('reads %s as %s', (text, expected) => {
    expect(of(text)).toBe(printPattern(readPattern(expected)));
  });

  it('takes the times of START and STOP as texts in STIX 2.0 alone', () => {
    const text = "[a:b = 1] START '2026-01-01T00:00:00Z' STOP '2026-01-02T00:00:00Z'";
    expect(readPattern(text, '2.0')).toMatchObject({ kind: 'startstop', start: 1_767_225_600_000_000_000n });
    expect(() => readPattern(text)).toThrow('a time is expected instead of 2026-01-01T00:00:00Z at character 17');
  });

  it.each([
    ['', '[ is expected at the end'],
    ['[a:b = 1', '] is expected at the end'],
    ['[a:b-c = 1]', 'quotes around b-c are expected'],
    ['[a:b = 1]]', 'the end is expected instead of ] at character 10'],
    ['[a:b = "c"]', 'not a STIX pattern at character 8'],
    ["[a:b = 'c\\d']", 'not a STIX pattern at character 8'],
    ['[a:b = 007]', 'not a number: 007'],
    ['[a:b < true]', 'a constant that has an order is expected'],
    ["[a:b IN (1, 'x')]", 'a set of constants of one kind is expected'],
    ["[a:b = t'2026-02-30T00:00:00Z']", 'not a time of the form'],
    ["[a:b = h'abc']", 'not hex: abc'],
    ["[a:b = b'a']", 'not base64: a'],
    ['[a:b = 1] REPEATS 1.5 TIMES', 'a whole number of times is expected'],
    ['[a:b = 1] WITHIN 0 SECONDS', 'a number of seconds greater than 0 is expected'],
    [`${'('.repeat(65)}[a:b = 1]`, 'more than 64 levels are nested'],
    [`[${'('.repeat(65)}a:b = 1]`, 'more than 64 levels are nested'],
    [`[a:b = 1]${' WITHIN 5 SECONDS'.repeat(66)}`, 'at most 64 qualifiers are expected'],
    [`[a:b = '${'x'.repeat(65_536)}']`, 'the pattern is longer than 65536 characters'],
  ])('refuses %j', (text, reason) => {
    expect(() => readPattern(text)).toThrow(reason);
    expect(() => readPattern(text)).toThrow(StixPatternError);
  });
});

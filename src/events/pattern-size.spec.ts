import fc from 'fast-check';
import { RE2JS } from 're2js';
import { patternSize } from './pattern-size.js';

/** What re2js makes of a source; `undefined` where it is none. */
function built(source: string): number | undefined {
  try {
    return RE2JS.compile(source).programSize();
  } catch {
    return undefined;
  }
}

describe('patternSize', () => {
  it.each([
    ['', 3],
    ['abc', 5],
    ['a{3}', 5],
    ['a{2,5}', 10],
    ['(?:a?){1000}', 3_002],
    ['(a|b)*c', 10],
    ['\\x{1000}', 3],
    ['a{,5}', 7],
    ['a(?i){9}', 11],
    ['a\\Q\\E{9}', 11],
    ['[]a{9}]{2}', 4],
  ])('of %s is %d', (source, size) => {
    expect(patternSize(source)).toBe(size);
  });

  it('is that of what it repeats as often as it is repeated, whatever stands in between', () => {
    expect(patternSize(`${'(?:a?){1000}'.repeat(340)}\\x01`)).toBeGreaterThan(340 * 2_000);
    expect(patternSize('((a{10}){10}){10}')).toBeGreaterThan(1_000);
    expect(patternSize('\\pL{1000}')).toBeGreaterThan(50_000);
    expect(patternSize('[\\pL]{1000}')).toBeGreaterThan(50_000);
    expect(patternSize(`(?i)${'[B-\\x{1e900}]'.repeat(300)}`)).toBeGreaterThan(300 * 1_000);
    expect(patternSize('[B-\\x{1e900}]'.repeat(300))).toBeLessThan(400);
  });

  it('reads groups that are nested as deep as a source is long', () => {
    expect(patternSize('('.repeat(4_096))).toBeGreaterThan(4_096);
    expect(patternSize(')'.repeat(4_096))).toBe(3);
  });

  const tokens = [
    String.raw`a b K é 🦀 . ^ $ | ( ) (?: (?i) (?i: (?s-i) (?P<n> (?<m> (?= (?<= [ ] [^ [a-z] []] [^]-x] [[:alpha:]] [\d-z] [: :] ab|ac kK`,
    String.raw`[\x{3b1}-\x{3c9}] - * + ? {2} {0} {3,} {0,} {1,} {0,4} {2,5} { } {,3} {02} \ \d \W \b \A \z \pL \p{Greek} \PN \Q \E \x41`,
    String.raw`\x{1F980} \012 \. \n \C : , 2 x`,
  ];
  const token = fc.constantFrom(...tokens.flatMap((line) => line.split(' ')));

  it('HOS-04 is no less than what re2js builds, of whatever it takes', () => {
    let taken = 0;
    fc.assert(
      fc.property(fc.array(token, { maxLength: 14 }), (parts) => {
        const source = parts.join('');
        const size = built(source);
        if (size !== undefined) taken++;
        expect([source, size === undefined || patternSize(source) >= size]).toEqual([source, true]);
      }),
      { numRuns: 20_000 },
    );
    expect(taken).toBeGreaterThan(1_000);
  });

  it('is no more than twice as much for parts that are put together well', () => {
    const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
      pattern: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom('a', 'xyz', '.', '\\d', '[a-z]', '\\.', 'q'),
        fc.tuple(tie('pattern'), fc.constantFrom('', 'x', '\\s'), tie('pattern')).map((parts) => parts.join('')),
        tie('pattern').map((of) => `(?:${of})+`),
        fc.tuple(tie('pattern'), fc.constantFrom('{3}', '{2,4}', '{2,}', '?')).map(([of, times]) => `(${of})${times}`),
      ),
    }));
    fc.assert(
      fc.property(pattern, (source) => {
        const size = built(source);
        fc.pre(size !== undefined);
        expect([source, patternSize(source) >= size, patternSize(source) <= 2 * size + 4]).toEqual([source, true, true]);
      }),
      { numRuns: 3_000 },
    );
  });
});

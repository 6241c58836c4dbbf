import fc from 'fast-check';
import { compileLinearPattern } from './linear-pattern.js';

const NONE = { ignoreCase: false, multiline: false, dotAll: false };

describe('compileLinearPattern', () => {
  it.each([
    ['^a+$', 'aaa', true],
    ['(?i)AbC', 'xabc', true],
    ['a(?=b)', 'ab', true],
    ['(?i)A(?!b)', 'ac', true],
    ['(.)\\1', 'abb', true],
    ['\\bcat\\b', 'a cat.', true],
    ['[^\\\\]+\\.txt$', 'c:\\a.txt', true],
    ['x{2,3}y', 'xy', false],
  ])('%s on %j', (source, text, expected) => {
    expect(compileLinearPattern(source, NONE).matches(text)).toBe(expected);
  });

  it('is not slowed down by a text made to make it backtrack', () => {
    const { matches } = compileLinearPattern('^(a+)+$', NONE);
    const started = performance.now();
    expect(matches(`${'a'.repeat(5_000)}!`)).toBe(false);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('refuses what is no pattern, and one that is too long', () => {
    expect(() => compileLinearPattern('(', NONE)).toThrow(/cannot be compiled/);
    expect(() => compileLinearPattern('a'.repeat(5_000), NONE)).toThrow(/longer than/);
  });

  it('has literals without which it does not match', () => {
    const part = fc.constantFrom('ab', 'c', '.', 'd*', 'e+', '(fg|h)', '[ij]k', '\\.', '\\d', 'l{2}', 'm{0,2}', '|', '(?:no)?', '\\x41');
    const text = fc.array(fc.constantFrom('ab', 'c', 'd', 'e', 'fg', 'h', 'ik', '.', '7', 'll', 'm', 'no', 'A'), { maxLength: 8 });
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), text, (parts, texts) => {
        const { literals, matches } = compileLinearPattern(parts.join(''), NONE);
        const value = texts.join('');
        const found = literals.length === 0 || literals.some((literal) => value.toLowerCase().includes(literal));
        expect(found || !matches(value)).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });
});

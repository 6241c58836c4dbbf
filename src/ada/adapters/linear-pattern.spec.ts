import fc from 'fast-check';
import { compileLinearPattern, compileOperatorPattern } from './linear-pattern.js';

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
    expect(compileOperatorPattern(source, NONE).matches(text)).toBe(expected);
  });

  it('is not slowed down by a text made to make it backtrack', () => {
    const { matches } = compileLinearPattern('^(a+)+$', NONE);
    const started = performance.now();
    expect(matches(`${'a'.repeat(5_000)}!`)).toBe(false);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('HOS-04 takes time in proportion to the text, for what tenants write', () => {
    for (const source of ['^(a+)+$', '^(a|a)*$', '^(a|aa)+$', '(.*a){12}$', '^(([a-z])+.)+[A-Z]([a-z])+$', '(a*)*b', '(x+x+)+y']) {
      const { matches } = compileLinearPattern(source, NONE);
      const took = (length: number): number => {
        const text = `${'a'.repeat(length)}!`;
        const started = performance.now();
        matches(text);
        return performance.now() - started;
      };
      took(50_000);
      const [short, long] = [Math.min(took(5_000), took(5_000)), Math.min(took(50_000), took(50_000), took(50_000))];
      expect([source, long < Math.max(500, 40 * short)]).toEqual([source, true]);
    }
  });

  it('HOS-04 refuses look-around and back-references of tenants; those of the operator see 4,096 characters', () => {
    for (const source of ['a(?=b)', 'a(?!b)', '(?<=a)b', '(?<!a)b', '(.)\\1', '(?<x>a)\\k<x>']) {
      expect(() => compileLinearPattern(source, NONE)).toThrow(/looks around or refers back/);
    }
    const { matches } = compileOperatorPattern('(?=z)z$', NONE);
    expect([matches('z'), matches(`${'a'.repeat(4_095)}z`), matches(`${'a'.repeat(4_096)}z`)]).toEqual([true, true, false]);
  });

  it('refuses patterns of the operator that look around and could be slow, with what they could cost', () => {
    expect(() => compileOperatorPattern('(?=a)(a+)+$', NONE)).toThrow(/could take exponentially many steps on 4096 characters: \(\?=a\)/);
    expect(() => compileOperatorPattern('(?i).*foo(?!bar).*baz', NONE)).toThrow(/could take 10\^11 steps/);
    expect(compileOperatorPattern('^(?=.*foo)(?!.*bar).*baz', NONE).matches('a foo baz')).toBe(true);
    expect(compileOperatorPattern('(a+)+$', NONE).matches('aaa')).toBe(true);
  });

  it('HOS-04 refuses a program that is too large before it is compiled, with its size', () => {
    const source = `${'(?:a?){1000}'.repeat(340)}\\x01`;
    const started = performance.now();
    for (let i = 0; i < 64; i++) {
      expect(() => compileLinearPattern(source, NONE)).toThrow(/needs 1020003 instructions, more than 10000/);
      expect(() => compileOperatorPattern(source, NONE)).toThrow(/needs 1020003 instructions/);
    }
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(() => compileLinearPattern('(?i)\\pL{1000}', NONE)).toThrow(/instructions/);
    expect(compileLinearPattern('(?:a?){1000}', NONE).size).toBeGreaterThan(1_000);
  });

  it('refuses what is no pattern, and one that is too long', () => {
    expect(() => compileOperatorPattern('(', NONE)).toThrow(/cannot be compiled/);
    expect(() => compileLinearPattern('(', NONE)).toThrow(/cannot be compiled/);
    expect(() => compileLinearPattern('(a+)+(?=b)', NONE)).toThrow(/could take exponentially many steps/);
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

  it('has literals that are in every text it is made to match, whatever classes and quotes are in it', () => {
    const parts: readonly (readonly [string, readonly string[]])[] = [
      ['abc', ['abc']],
      ['[[:digit:]_-]{2}', ['12', '_-', '7_']],
      ['[[:alpha:][:digit:]-]+', ['a', '-9x']],
      ['[^[:space:]ab]cd', ['xcd', ']cd']],
      ['[[:^digit:]]', ['x', ']', ' ']],
      ['[_[:upper:]ef]gh', ['_gh', 'Agh', 'egh']],
      ['[]ab]cd', [']cd', 'bcd']],
      ['[^]ab]cd', ['xcd']],
      ['[:a]bc', [':bc', 'abc']],
      ['[a[b]cd', ['[cd', 'bcd']],
      ['\\[:', ['[:']],
      ['[\\]a]bc', [']bc', 'abc']],
      ['[\\\\]', ['\\']],
      ['\\Qa|(b\\E', ['a|(b']],
      ['\\x{41}', ['A']],
      ['\\x41b', ['Ab']],
      ['\\101', ['A']],
      ['\\pLz', ['az', 'Éz']],
      ['(?:x[)]y)?', ['', 'x)y']],
      ['([(|]k|l)', ['(k', '|k', 'l']],
      ['ab{0}', ['a']],
      ['ab{1,2}c', ['abc', 'abbc']],
      ['x{,2}', ['x{,2}']],
    ];
    const part = fc.constantFrom(...parts).chain(([source, texts]) => fc.tuple(fc.constant(source), fc.constantFrom(...texts)));
    const sequence = fc
      .array(part, { minLength: 1, maxLength: 5 })
      .map((all) => [all.map(([source]) => source), all.map(([, text]) => text)]);
    fc.assert(
      fc.property(fc.array(sequence, { minLength: 1, maxLength: 2 }), fc.nat(1), (alternatives, which) => {
        const source = alternatives.map(([sources = []]) => `^${sources.join('')}$`).join('|');
        const value = (alternatives[which] ?? alternatives[0])?.[1]?.join('') ?? '';
        const { literals, matches } = compileLinearPattern(source, NONE);
        expect([source, value, matches(value)]).toEqual([source, value, true]);
        const holds = literals.length === 0 || literals.some((literal) => value.toLowerCase().includes(literal));
        expect([source, value, literals, holds]).toEqual([source, value, literals, true]);
      }),
      { numRuns: 3_000 },
    );
    expect(compileLinearPattern('^[[:digit:]_-]{10}$', NONE).literals).toEqual([]);
    expect(compileLinearPattern('[a[b]cd', NONE).literals).toEqual(['cd']);
  });

  it('reads classes with a bracket first as its own engine does', () => {
    const { literals, matches } = compileOperatorPattern('(?=x)[^]|abc]def', NONE);
    expect([matches('x'), literals]).toEqual([true, []]);
  });
});

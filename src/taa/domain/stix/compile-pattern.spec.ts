import fc from 'fast-check';
import { compileLinearMatcher } from '../../adapters/linear-text-matcher.js';
import { compilePattern } from './compile-pattern.js';
import type { Observation, StixObject } from './observation.js';
import type { StixPattern } from './pattern-ast.js';
import { readPattern } from './read-pattern.js';
import { StixPatternError } from './stix-pattern-error.js';

function seen(objects: Record<string, StixObject>, first = 0, last = first, count = 1): Observation {
  return { objects: new Map(Object.entries(objects)), first, last, count };
}

function match(pattern: string, ...observations: Observation[]): number[] | undefined {
  return compilePattern(readPattern(pattern), compileLinearMatcher).match(observations);
}

const FILE = seen({
  f: {
    type: 'file',
    name: 'Übel.exe',
    size: 5,
    hashes: { MD5: 'aa', 'SHA-256': 'bb' },
    magic_number_hex: '4d5a',
    parent_directory_ref: 'd',
    contains_refs: ['a', 'd', 'gone'],
    mtime: '2026-01-01T00:00:00.5Z',
    parts: [{ n: 1 }, { n: 2 }],
    is_signed: false,
    nothing: null,
  },
  d: { type: 'directory', path: 'C:\\Temp' },
  a: { type: 'ipv6-addr', value: '2001:db8::7' },
});

describe('compilePattern', () => {
  it.each([
    ["[file:name = 'Übel.exe']", true],
    ["[file:name = 'übel.exe']", false],
    ["[file:name LIKE '_bel.%']", true],
    ["[file:name LIKE '%bel']", false],
    ["[file:name LIKE '%.e%e%']", true],
    ["[file:name LIKE 'U\u0308bel.exe']", true],
    ["[file:name MATCHES '(?i)^übel\\\\.EXE$']", true],
    ["[file:hashes.'SHA-256' IN ('aa', 'bb')]", true],
    ["[file:hashes.MD5 NOT IN ('aa', 'bb')]", false],
    ["[file:magic_number_hex = h'4d5a']", true],
    ["[file:magic_number_hex = 'MZ']", true],
    ["[file:magic_number_hex MATCHES '^M']", true],
    ["[file:parent_directory_ref.path = 'C:\\\\Temp']", true],
    ["[file:contains_refs[*].path LIKE '%Temp']", true],
    ["[file:contains_refs[0].value ISSUBSET '2001:db8::/32']", true],
    ["[file:contains_refs[0].value ISSUBSET '2001:db9::/32']", false],
    ["[file:contains_refs[2].value = 'x']", false],
    ['[file:parts[*].n = 2]', true],
    ['[file:parts[0].n = 2]', false],
    ['[file:parts[-1].n = 2]', false],
    ["[file:mtime > t'2026-01-01T00:00:00.4Z']", true],
    ["[file:mtime IN (t'2026-01-01T00:00:00.500Z')]", true],
    ['[file:is_signed = false]', true],
    ['[file:size != 6 AND file:size <= 5.0]', true],
    ['[EXISTS file:parent_directory_ref]', true],
    ['[EXISTS file:gone]', false],
    ['[NOT EXISTS file:gone]', true],
    ['[NOT EXISTS file:name]', false],
    ["[file:gone != 'x']", false],
    ["[file:nothing = 'x']", false],
    ["[file:name = 'Übel.exe' AND directory:path LIKE '%']", false],
    ["[file:name = 'Übel.exe'] AND [directory:path LIKE '%']", false],
    ["[directory:constructor.name = 'Object']", false],
    ["[directory:__proto__.x = 'y' OR directory:'path' LIKE 'C:%']", true],
  ])('%s: %s', (pattern, expected) => {
    expect(match(pattern, FILE)).toEqual(expected ? [0] : undefined);
  });

  it('says which observations a pattern is bound to', () => {
    const person = (name: string, at: number, count = 1): Observation => seen({ p: { type: 'p', name } }, at, at, count);
    const all = [person('a', 0), person('b', 5_000), person('c', 6_000, 2)];
    expect(match("[p:name = 'b'] AND [p:name = 'a']", ...all)).toEqual([0, 1]);
    expect(match("[p:name = 'b'] FOLLOWEDBY [p:name = 'a']", ...all)).toBeUndefined();
    expect(match("[p:name = 'c'] REPEATS 2 TIMES", ...all)).toEqual([2]);
    expect(match("[p:name = 'c'] REPEATS 3 TIMES", ...all)).toBeUndefined();
    expect(match("([p:name LIKE '%'] REPEATS 3 TIMES) WITHIN 1 SECONDS", ...all)).toEqual([1, 2]);
    expect(match("([p:name = 'a'] FOLLOWEDBY [p:name = 'b']) WITHIN 4.999 SECONDS", ...all)).toBeUndefined();
  });

  it.each([
    ["[file:name = t'2026-01-01T00:00:00Z']", 'an object has no time where the pattern asks for one'],
    ["[file:name ISSUBSET '10.0.0.0/8']", 'not an IP address or block: Übel.exe'],
  ])('says why %s cannot be answered', (pattern, reason) => {
    expect(() => match(pattern, FILE)).toThrow(StixPatternError);
    expect(() => match(pattern, FILE)).toThrow(reason);
  });

  it.each([
    ["[file:name MATCHES '(a']", 'not a regular expression'],
    ["[file:name MATCHES '(a)\\\\1']", 'looks around or refers back'],
    ["[file:name ISSUBSET 'nowhere']", 'not an IP address or block: nowhere'],
  ])('refuses %s before it is used', (pattern, reason) => {
    expect(() => compilePattern(readPattern(pattern), compileLinearMatcher)).toThrow(reason);
  });

  it('refuses regular expressions whose programs are too large, one or all of a pattern, before they are compiled', () => {
    const large = `[p:n MATCHES '${'(?:a?){1000}'.repeat(300)}b']`;
    const many = `[${Array.from({ length: 40 }, () => "p:n MATCHES '(?:a?){100}'").join(' OR ')}]`;
    const started = performance.now();
    for (let i = 0; i < 64; i++) {
      expect(() => compilePattern(readPattern(large), compileLinearMatcher)).toThrow(/needs 900\d{3} instructions, more than 10000/);
    }
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(() => compilePattern(readPattern(many), compileLinearMatcher)).toThrow(/need 1\d{4} instructions together or more/);
  });

  it('charges a regular expression for the text and its program together', () => {
    const text = seen({ p: { type: 'p', n: 'a'.repeat(8_000) } });
    const of = (times: number) => compilePattern(readPattern(`[p:n MATCHES '(?:a?){${times}}b']`), compileLinearMatcher, 50_000);
    expect(of(10).match([text])).toBeUndefined();
    expect(() => of(1_000).match([text])).toThrow('costs too much');
  });

  it('gives up on what costs too much, however it is made', () => {
    const many = Array.from({ length: 400 }, (_, at) => seen({ p: { type: 'p', n: at } }, at * 1_000));
    const nested =
      '((([p:n >= 0] AND [p:n >= 0]) WITHIN 2 SECONDS FOLLOWEDBY ([p:n >= 0] AND [p:n > 9999]) WITHIN 2 SECONDS) WITHIN 9 SECONDS) REPEATS 40 TIMES';
    const pairs = '(([p:n >= 0] FOLLOWEDBY [p:n >= 0]) WITHIN 1 SECONDS) REPEATS 300 TIMES';
    for (const pattern of [nested, pairs]) expect(() => match(pattern, ...many)).toThrow('costs too much');
    const long = seen({ p: { type: 'p', n: 'ab'.repeat(100_000) } });
    expect(() => match(`[p:n LIKE '%${'a_'.repeat(2_000)}c%']`, long)).toThrow('costs too much');
  });
});

/** Instances of observations, as many as were seen. */
type Instance = readonly [observation: number, number: number];

/** All bindings of a pattern, one after another, as the specification says it. */
function naive(pattern: StixPattern, observations: readonly Observation[]): Instance[][] {
  const apart = (a: Instance[], b: Instance[]): boolean => !a.some(([o, n]) => b.some(([p, m]) => o === p && n === m));
  const of = (binding: Instance[]): Observation[] => binding.map(([index]) => observations[index]!);
  const pairs = (left: Instance[][], right: Instance[][], fits: (a: Instance[], b: Instance[]) => boolean): Instance[][] =>
    left.flatMap((a) => right.filter((b) => apart(a, b) && fits(a, b)).map((b) => [...a, ...b]));
  switch (pattern.kind) {
    case 'observation': {
      const comparison = pattern.comparison as { value: { value: number } };
      return observations.flatMap(({ objects, count }, index) =>
        objects.get('x')!['n'] === comparison.value.value ? Array.from({ length: count }, (_, number) => [[index, number] as const]) : [],
      );
    }
    case 'or':
      return pattern.operands.flatMap((operand) => naive(operand, observations));
    case 'and':
      return pattern.operands.map((operand) => naive(operand, observations)).reduce((left, right) => pairs(left, right, () => true));
    case 'followedby': {
      const fits = (a: Instance[], b: Instance[]): boolean => of(a).every(({ first }) => of(b).every(({ last }) => first <= last));
      return pattern.operands.map((operand) => naive(operand, observations)).reduce((left, right) => pairs(left, right, fits));
    }
    case 'repeats': {
      const once = naive(pattern.of, observations);
      let all = once;
      for (let times = 1; times < pattern.times; times++) all = pairs(all, once, () => true);
      return all;
    }
    case 'within':
      return naive(pattern.of, observations).filter((binding) =>
        of(binding).every(({ first }) => of(binding).every(({ last }) => first - last <= pattern.seconds * 1_000)),
      );
    case 'startstop': {
      const [start, stop] = [Number(pattern.start) / 1e6, Number(pattern.stop) / 1e6];
      return naive(pattern.of, observations).filter(
        (binding) => start < stop && of(binding).every(({ first, last }) => first < stop && last >= start),
      );
    }
  }
}

const SECOND = 1_000_000_000n;
const OPERATORS: fc.Arbitrary<StixPattern> = fc.letrec<{ pattern: StixPattern }>((tie) => ({
  pattern: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom(0, 1).map((value): StixPattern => ({
      kind: 'observation',
      comparison: {
        kind: 'order',
        path: { type: 'x', steps: [{ kind: 'key', name: 'n' }] },
        negated: false,
        operator: '=',
        value: { kind: 'number', value },
      },
    })),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const, 'followedby' as const),
      operands: fc.array(tie('pattern'), { minLength: 2, maxLength: 2 }),
    }),
    fc.record({ kind: fc.constant('within' as const), of: tie('pattern'), seconds: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ kind: fc.constant('repeats' as const), of: tie('pattern'), times: fc.integer({ min: 1, max: 2 }) }),
    fc.record({
      kind: fc.constant('startstop' as const),
      of: tie('pattern'),
      start: fc.integer({ min: 0, max: 5 }).map((s) => BigInt(s) * SECOND),
      stop: fc.integer({ min: 0, max: 8 }).map((s) => BigInt(s) * SECOND),
    }),
  ),
})).pattern;
const OBSERVATIONS = fc.array(
  fc
    .tuple(fc.constantFrom(0, 1), fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 2 }), fc.constantFrom(1, 1, 2))
    .map(([n, first, length, count]) => seen({ x: { type: 'x', n } }, first * 1_000, (first + length) * 1_000, count)),
  { maxLength: 4 },
);

describe('observation operators', () => {
  it('match what enumerating all bindings matches', () => {
    let [matched, tried] = [0, 0];
    fc.assert(
      fc.property(OPERATORS, OBSERVATIONS, (pattern, observations) => {
        const found = compilePattern(pattern, compileLinearMatcher).match(observations);
        const bindings = naive(pattern, observations);
        expect(found !== undefined).toBe(bindings.length > 0);
        const sets = bindings.map((binding) => [...new Set(binding.map(([index]) => index))].toSorted((a, b) => a - b).join());
        if (found !== undefined) expect(sets).toContain(found.join());
        tried++;
        if (found !== undefined) matched++;
      }),
      { numRuns: 2_000 },
    );
    expect(matched).toBeGreaterThan(100);
    expect(tried - matched).toBeGreaterThan(100);
  });
});

import fc from 'fast-check';
import { LOGSOURCES } from './random-sources.js';

/** A rule's `logsource`, as one of `LOGSOURCES`, and its `detection`. */
export interface RandomRule {
  readonly source: number;
  readonly detection: Readonly<Record<string, unknown>>;
}

export const PLACEHOLDERS = { Admins: ['ab', 'a*B'], One: ['7'] };
/** Texts that rules encode and that events hold encoded. */
export const SECRETS = ['ab', 'foobar', 'a É', 'net use'];
/** Option letters behind a dash, which events write with any of the five dashes. */
const OPTIONS = ['-a', ' -ab', ' /b', ' -a -b', '\u2013a', '\u2015ab*', 'x -a'];
/** No shorter text is looked for in the field `long`, so that its index may skip. */
export const LONG_WORDS = ['abcabcabcd', 'whoami.exe /priv', '\\system32\\', 'xyzxyzxyzxyz'];

const pick = fc.constantFrom;
const one = <T>(weight: number, arbitrary: fc.Arbitrary<T>): fc.WeightedArbitrary<T> => ({ weight, arbitrary });

const PIECES = [
  'a',
  'b',
  'B',
  'ab',
  'É',
  'c',
  '-a',
  ' -ab',
  ' /b',
  '\u2013a',
  '*',
  '?',
  '\\*',
  '\\?',
  '\\\\',
  '\\',
  'İ',
  '\u212A',
  'Σ',
  '7',
  '/',
  '"',
];
const word = fc.oneof(
  one(
    8,
    fc.array(pick(...PIECES), { minLength: 1, maxLength: 3 }).map((pieces) => pieces.join('')),
  ),
  one(2, pick(...LONG_WORDS)),
  one(1, pick('', '*', '**', 'a*', '*b', '?', '*\\*')),
);
const values = fc.oneof(one(3, word), one(4, fc.array(word, { minLength: 1, maxLength: 3 })));
const written = fc.oneof(one(6, values), one(1, pick<unknown>(7, true, 0, ['7', 7], [null, 'a'])));

const mode = pick('', '|contains', '|startswith', '|endswith');
const flag = (name: string, weight: number): fc.Arbitrary<string> => fc.oneof(one(weight, pick(`|${name}`)), one(10 - weight, pick('')));
const textual = fc.tuple(mode, flag('cased', 1), flag('windash', 2), flag('all', 2), flag('neq', 1)).map((parts) => parts.join(''));
const secret = pick<unknown>(...SECRETS, SECRETS);
const encoding = pick('|base64', '|base64offset', '|wide|base64offset', '|utf16le|base64', '|utf16be|base64offset', '|utf16|base64');
const wide = pick('|wide', '|utf16le', '|utf16be', '|utf16');
const PATTERNS = ['ab+c', '^a', 'b$', 'abc|cab', '(ab)?c', 'a.b', '[bc]a', 'abca{0,2}', 'x?abc', '^b$', 'B.', '(a|b)c*[^a]', 'a\\.b?'];
const BLOCKS = ['10.0.0.0/8', '10.128.0.0/9', '192.168.7.9', '0.0.0.0/0', '2001:db8::/33', 'fe80::/10', '::1/128', '10.1.2.3/31'];
const TIME_PARTS: readonly (readonly [string, number])[] = [
  ['minute', 59],
  ['hour', 3],
  ['day', 3],
  ['week', 53],
  ['month', 2],
  ['year', 2026],
];

const keyed = (key: fc.Arbitrary<string>, value: fc.Arbitrary<unknown>): fc.Arbitrary<readonly [string, unknown]> => fc.tuple(key, value);
const field = fc.oneof(one(9, pick('f', 'g', 'h')), one(1, pick('n.x')));
const named = (modifiers: fc.Arbitrary<string>): fc.Arbitrary<string> => fc.tuple(field, modifiers).map((parts) => parts.join(''));
const sometimes = flag('neq', 2);
const operator = pick('|lt', '|lte', '|gt', '|gte');

const item = fc.oneof(
  one(12, keyed(named(textual), values)),
  one(3, keyed(field, written)),
  one(2, keyed(pick('f|contains|windash', 'g|windash', 'g|startswith|windash'), pick<unknown>(...OPTIONS))),
  one(2, keyed(pick('long|contains', 'long|contains|cased'), fc.oneof(pick<unknown>(...LONG_WORDS), pick<unknown>(LONG_WORDS)))),
  one(2, keyed(named(fc.tuple(encoding, pick('', '|contains')).map((parts) => parts.join(''))), secret)),
  one(1, keyed(named(fc.tuple(wide, mode).map((parts) => parts.join(''))), pick<unknown>('ab', 'a*b', ['É', 'a?']))),
  one(
    3,
    keyed(
      named(fc.tuple(pick('', '|i', '|m', '|s', '|i|m', '|s|m'), sometimes).map(([flags, neq]) => `|re${flags}${neq}`)),
      pick(...PATTERNS),
    ),
  ),
  one(1, keyed(named(pick('|re|all')), fc.array(pick(...PATTERNS), { minLength: 2, maxLength: 2 }))),
  one(2, keyed(named(fc.tuple(operator, sometimes).map((parts) => parts.join(''))), pick<unknown>(0, 7, 11, -1, '7', 2.5))),
  one(
    2,
    fc
      .tuple(named(pick('')), pick(...TIME_PARTS), fc.oneof(pick(''), operator))
      .map(([name, [part, value], compared]) => [`${name}|${part}${compared}`, value] as const),
  ),
  one(
    2,
    keyed(
      named(fc.tuple(pick('|cidr'), pick('', '|all'), sometimes).map((parts) => parts.join(''))),
      fc.oneof(pick(...BLOCKS), fc.array(pick(...BLOCKS), { minLength: 1, maxLength: 2 })),
    ),
  ),
  one(
    1,
    keyed(
      named(pick('|expand', '|contains|expand', '|expand|endswith')),
      pick<unknown>('%Admins%', 'x%One%', '\\%One%Admins%', ['%One%', 'c']),
    ),
  ),
  one(
    2,
    keyed(
      named(fc.tuple(pick('|fieldref'), mode, flag('cased', 2), sometimes).map((parts) => parts.join(''))),
      fc.oneof(field, pick<unknown>(['f', 'g'])),
    ),
  ),
  one(2, keyed(named(pick('|exists')), fc.boolean())),
  one(1, keyed(named(sometimes), pick(null))),
  one(2, keyed(pick('EventID', 'EventID|neq', 'EventID|gte'), pick<unknown>(1, '4688'))),
  one(1, keyed(pick('EventID'), pick<unknown>([1, 12], [4688, 4624], 7))),
);

const KEYWORDS = ['a', 'whoami', 'ABC', 'a*b', 'b?', 'É', '"', '\\\\', 'x/y', '7', 'true', '*', ' -a', 'null'];
const keyword = fc.oneof(one(4, pick(...KEYWORDS)), one(1, pick<unknown>(7, true)));
const keywords = fc.oneof(
  one(4, fc.array(keyword, { minLength: 1, maxLength: 2 })),
  one(1, keyword),
  one(
    2,
    fc
      .tuple(
        pick('|all', '|cased', '|startswith', '|all|cased', '|re', '|windash', '|neq').filter((name) => name !== '|neq'),
        pick<unknown>(['a', 'b'], ['A', 'ABC', '7']),
      )
      .map(([key, list]) => ({ [key]: list })),
  ),
);
const map = fc.array(item, { minLength: 1, maxLength: 2 }).map((items) => Object.fromEntries(items));
const search: fc.Arbitrary<unknown> = fc.oneof(
  one(10, map),
  one(3, fc.array(map, { minLength: 1, maxLength: 3 })),
  one(2, keywords),
  one(
    1,
    fc.tuple(keyword, map).map((both): unknown => both),
  ),
);

const NAMES = ['sel_a', 'sel_b', 'filter_a', '_hid', 'kw'];
const TARGETS = ['them', 'sel_*', '*_a', 'sel*', '*', '_h*', 's*l_*', 'kw'];
const { or } = fc.letrec<Record<'or' | 'and' | 'not' | 'primary', string>>((tie) => ({
  or: fc.oneof(
    one(5, tie('and')),
    one(
      2,
      fc.tuple(tie('and'), pick(' or ', ' OR '), tie('and')).map((parts) => parts.join('')),
    ),
  ),
  and: fc.oneof(
    one(4, tie('not')),
    one(
      3,
      fc.tuple(tie('not'), pick(' and ', ' AND '), tie('not')).map((parts) => parts.join('')),
    ),
  ),
  not: fc.oneof(
    { withCrossShrink: true },
    one(4, tie('primary')),
    one(
      2,
      fc.tuple(pick('not ', 'NOT '), tie('primary')).map((parts) => parts.join('')),
    ),
  ),
  primary: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'condition' },
    one(6, pick(...NAMES)),
    one(
      3,
      fc.tuple(pick('1', 'any', 'all', 'All'), pick(' of ', ' OF '), pick(...TARGETS)).map((parts) => parts.join('')),
    ),
    one(
      2,
      tie('or').map((inner) => `(${inner})`),
    ),
  ),
}));
const condition = fc.oneof(one(8, or), one(1, fc.array(or, { minLength: 1, maxLength: 2 })));

/** Rules of every form, small enough and alike enough that about a third of them hold in a random event. */
export const randomRule: fc.Arbitrary<RandomRule> = fc.record({
  source: fc.nat(LOGSOURCES.length - 1),
  detection: fc.record({ sel_a: search, sel_b: search, filter_a: map, _hid: map, kw: fc.oneof(one(2, keywords), one(2, map)), condition }),
});

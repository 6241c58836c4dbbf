import { holds, matches, toRule } from '../../../../test/support/sigma/one-rule.js';
import { MODIFIER_NAMES } from './modifiers.js';

interface Row {
  /** Modifiers of field `a`. */
  readonly key: string;
  readonly value: unknown;
  /** Values of field `a`, or whole events, for which the item holds. */
  readonly holds: readonly unknown[];
  readonly fails: readonly unknown[];
}

interface BadUse {
  readonly key: string;
  readonly value: unknown;
  readonly reason: RegExp;
}

const base64 = (text: string, encoding: BufferEncoding = 'utf8'): string => Buffer.from(text, encoding).toString('base64');
const event = (fields: Readonly<Record<string, unknown>>): Event => new Event(fields);
class Event {
  constructor(readonly fields: Readonly<Record<string, unknown>>) {}
}
const NOTHING = event({});

/** By modifier, each in its own right and together with those it goes with (specification 2.1.0, appendix on modifiers). */
const ROWS: Readonly<Record<string, readonly Row[]>> = {
  all: [
    {
      key: 'contains|all',
      value: ['-enc', 'hidden'],
      holds: ['x -w HIDDEN -enc', ['-enc x', 'hidden']],
      fails: ['x -enc', 'hidden', null],
    },
    { key: 'all', value: ['a*', '*b'], holds: ['ab', 'a-b'], fails: ['a', 'b', NOTHING] },
    { key: 're|all', value: ['^a', 'b$'], holds: ['a-b'], fails: ['ba'] },
  ],
  startswith: [{ key: 'startswith', value: 'c:\\', holds: ['C:\\x', 'c:\\'], fails: ['xC:\\', 'C:', null, NOTHING] }],
  endswith: [
    { key: 'endswith', value: ['\\cmd.exe', '.b?t'], holds: ['C:\\CMD.exe', 'x.bat'], fails: ['C:\\cmd.exe2', 'cmd.exe', 'x.bt'] },
  ],
  contains: [
    { key: 'contains', value: 'MIMI', holds: ['x mimikatz', ['a', 'Mimi']], fails: ['mi mi', '', []] },
    { key: 'contains', value: 'a*c', holds: ['xabcx', 'ac'], fails: ['ca'] },
    { key: 'contains', value: '', holds: ['x', '', 7], fails: [null, NOTHING] },
  ],
  exists: [
    { key: 'exists', value: true, holds: ['', null, 0, []], fails: [NOTHING] },
    { key: 'exists', value: false, holds: [NOTHING], fails: ['', null, 'x'] },
  ],
  cased: [
    { key: 'cased', value: 'Abc', holds: ['Abc'], fails: ['abc', 'ABC'] },
    { key: 'contains|cased', value: 'Ab?', holds: ['xAbcx'], fails: ['xabcx'] },
    { key: 'startswith|cased', value: 'Ab', holds: ['Abc'], fails: ['abc'] },
    { key: 'endswith|cased', value: 'bC', holds: ['AbC'], fails: ['Abc'] },
  ],
  neq: [
    { key: 'neq', value: 'x', holds: ['y', 7, ''], fails: ['X', NOTHING, null] },
    { key: 'neq', value: ['x', 'y'], holds: ['z'], fails: ['Y', ['z', 'x']] },
    { key: 'neq', value: 7, holds: [8, '70'], fails: [7, '7'] },
    { key: 'contains|neq', value: 'x', holds: ['abc'], fails: ['axb'] },
    { key: 'cidr|neq', value: '10.0.0.0/8', holds: ['11.0.0.1', 'none'], fails: ['10.1.1.1', NOTHING] },
  ],
  windash: [
    {
      key: 'contains|windash',
      value: ' -foo',
      holds: [' -foo', ' /foo', ' \u2013foo', ' \u2014FOO', ' \u2015foo'],
      fails: [' foo', ' \u2012foo', ' +foo'],
    },
    { key: 'contains|windash', value: ' \u2014foo', holds: [' -foo', ' /foo', ' \u2014foo'], fails: [' foo'] },
    { key: 'contains|windash', value: ' -f -g', holds: ['x /f \u2013g', 'x -f -g'], fails: ['x /f g'] },
    { key: 'contains|windash', value: 'a-b', holds: ['a-b'], fails: ['a/b'] },
    { key: 'windash', value: '-x*', holds: ['/xy', '\u2015x'], fails: ['x'] },
  ],
  re: [
    { key: 're', value: '^\\d{3}-x', holds: ['123-x', ['b', '999-xyz']], fails: ['12-x', 'a123-x', NOTHING] },
    { key: 're', value: 'Abc', holds: ['xAbcx'], fails: ['abc'] },
    { key: 're', value: '^[[:digit:]_-]{10}$', holds: ['1234567890', '_-_-_-_-_-'], fails: ['123456789', '123456789a', '[:digit:]_-'] },
    { key: 're', value: ['a.c', 'x(y|z)+'], holds: ['abc', 'xzy'], fails: ['a\nc', 'x'] },
    { key: 're|neq', value: '^a', holds: ['b'], fails: ['a', NOTHING] },
  ],
  i: [
    { key: 're|i', value: 'Abc', holds: ['xabcx', 'ABC'], fails: ['ab'] },
    { key: 're|ignorecase', value: 'É', holds: ['é'], fails: ['e'] },
  ],
  m: [{ key: 're|m', value: '^b$', holds: ['a\nb\nc'], fails: ['a\nbc'] }],
  s: [{ key: 're|s', value: 'a.b', holds: ['a\nb', 'axb'], fails: ['ab'] }],
  base64: [
    { key: 'base64', value: 'foobar', holds: ['Zm9vYmFy'], fails: ['foobar', 'xZm9vYmFy'] },
    { key: 'base64|contains', value: 'foobar', holds: ['x Zm9vYmFy'], fails: [base64('xfoobar')] },
  ],
  base64offset: [
    {
      key: 'base64offset|contains',
      value: 'foobar',
      holds: [base64('foobar'), base64('xfoobar '), base64('xxfoobar'), base64('xxxfoobarx')],
      fails: ['foobar', base64('fooba')],
    },
    { key: 'base64offset|contains', value: 'é', holds: [base64('xé'), base64('xxé ')], fails: [base64('e')] },
  ],
  utf16le: [
    { key: 'utf16le|base64', value: 'hi', holds: ['aABpAA=='], fails: ['AGgAaQ=='] },
    { key: 'utf16le', value: 'a*b', holds: ['a\0b\0', 'a\0x\0b\0'], fails: ['ab'] },
  ],
  wide: [
    {
      key: 'wide|base64offset|contains',
      value: 'ping',
      holds: [base64('a ping', 'utf16le'), base64('ping', 'utf16le')],
      fails: [base64('ping')],
    },
    { key: 'wide', value: 'hi', holds: ['h\0i\0'], fails: ['\0h\0i', 'hi'] },
  ],
  utf16be: [
    { key: 'utf16be|base64', value: 'hi', holds: ['AGgAaQ=='], fails: ['aABpAA=='] },
    { key: 'utf16be', value: 'hi', holds: ['\0h\0i'], fails: ['h\0i\0'] },
  ],
  utf16: [
    { key: 'utf16|base64', value: 'hi', holds: ['//5oAGkA'], fails: ['aABpAA=='] },
    {
      key: 'utf16',
      value: 'h*i',
      holds: ['\u00FF\u00FEh\0i\0', '\u00FF\u00FEh\0x\0i\0'],
      fails: ['h\0i\0', '\u00FF\u00FEh\0\u00FF\u00FEi'],
    },
  ],
  lt: [{ key: 'lt', value: 10, holds: ['9.5', 9, '-1', [11, 9]], fails: [10, '10', 'few', '', NOTHING] }],
  lte: [{ key: 'lte', value: 10, holds: [10, '1e1'], fails: [10.1, null] }],
  gt: [{ key: 'gt', value: '10', holds: ['0x0b', 11], fails: [10, '10 or so'] }],
  gte: [
    { key: 'gte', value: 10, holds: [10, ' 10 '], fails: [9, 'many'] },
    { key: 'gte|neq', value: 10, holds: [9, 'many'], fails: [10, NOTHING] },
  ],
  minute: [{ key: 'minute', value: 59, holds: ['2026-02-03 03:59:00'], fails: ['2026-02-03T03:58:59Z', 'at 59'] }],
  hour: [
    { key: 'hour', value: 3, holds: ['2026-02-03T03:59:00Z', '2026-02-03T05:59:00+02:00'], fails: ['2026-02-03T04:00:00Z', 'server 3'] },
    { key: 'hour|gte', value: 22, holds: ['2026-02-03T22:00:00Z'], fails: ['2026-02-03T21:59:59Z'] },
  ],
  day: [{ key: 'day', value: 3, holds: ['2026-02-03T03:59:00+00:00', '2026-02-03'], fails: ['2026-03-02', '3'] }],
  week: [{ key: 'week', value: 53, holds: ['2021-01-02T00:00:00Z'], fails: ['2021-01-04T00:00:00Z', '2022-01-02'] }],
  month: [{ key: 'month|lt', value: 3, holds: [1_770_000_000, '2026-01-31'], fails: ['2026-03-01'] }],
  year: [{ key: 'year', value: 2026, holds: [1_770_000_000_000], fails: ['2025-12-31T23:59:59Z', 2026] }],
  cidr: [
    { key: 'cidr', value: '10.0.0.0/9', holds: ['10.127.255.255'], fails: ['10.128.0.1', '10.0.0', '010.0.0.1', '10.0.0.1/32', NOTHING] },
    { key: 'cidr', value: ['192.168.7.9', '172.16.0.0/12'], holds: ['192.168.7.9', '172.31.0.1'], fails: ['192.168.7.8', '172.32.0.1'] },
    { key: 'cidr', value: '2001:db8::/33', holds: ['2001:DB8:7fff::1'], fails: ['2001:db8:8000::1', '10.0.0.1', '2001:db8:::1'] },
    { key: 'cidr', value: '10.0.0.0/8', holds: ['::ffff:10.0.0.1'], fails: ['::10.0.0.1'] },
    { key: 'cidr', value: '::/0', holds: ['::1', 'fe80::1%eth0'], fails: ['1.2.3.4', ''] },
  ],
  expand: [
    { key: 'expand', value: '%Admins%', holds: ['ADMIN', 'root'], fails: ['roots', '%Admins%'] },
    { key: 'contains|expand', value: 'x%Admins%y', holds: ['a xrooty', 'xadmy'], fails: ['xy'] },
    { key: 'expand', value: '\\%plain%Admins%', holds: ['%plainroot'], fails: ['root', '\\%plainroot'] },
    { key: 'cidr|expand', value: '%Nets%', holds: ['10.1.1.1', '2001:db8::1'], fails: ['11.1.1.1'] },
    { key: '', value: '%Admins%', holds: ['%admins%'], fails: ['root'] },
  ],
  fieldref: [
    {
      key: 'fieldref',
      value: 'b',
      holds: [event({ a: 'X', b: 'x' }), event({ a: 7, b: '7' })],
      fails: [event({ a: 'x', b: 'y' }), event({ a: 'x' }), event({ b: 'x' }), NOTHING],
    },
    { key: 'fieldref|cased', value: 'b', holds: [event({ a: 'x', b: 'x' })], fails: [event({ a: 'X', b: 'x' })] },
    {
      key: 'fieldref|neq',
      value: 'b',
      holds: [event({ a: 'X', b: 'y' }), event({ a: 'x' })],
      fails: [event({ a: 'X', b: 'x' }), event({ b: 'x' })],
    },
    { key: 'fieldref|startswith', value: 'b', holds: [event({ a: 'Xy', b: 'x' })], fails: [event({ a: 'yx', b: 'x' })] },
    { key: 'fieldref|endswith', value: 'b', holds: [event({ a: 'yX', b: 'x' })], fails: [event({ a: 'xy', b: 'x' })] },
    { key: 'fieldref|contains', value: 'b', holds: [event({ a: 'Xyz', b: 'y' })], fails: [event({ a: 'xz', b: 'y' })] },
    { key: 'fieldref', value: ['b', 'c'], holds: [event({ a: 'x', b: 'y', c: 'x' })], fails: [event({ a: 'x', b: 'y', c: 'z' })] },
    { key: 'fieldref|all', value: ['b', 'c'], holds: [event({ a: 'x', b: 'x', c: 'x' })], fails: [event({ a: 'x', b: 'y', c: 'x' })] },
  ],
};

const BAD_USES: Readonly<Record<string, readonly BadUse[]>> = {
  all: [{ key: 'a|contains|all|all', value: ['x', 'y'], reason: /given twice/ }],
  startswith: [{ key: 'a|contains|startswith', value: 'x', reason: /do not go together/ }],
  endswith: [{ key: 'a|startswith|endswith', value: 'x', reason: /do not go together/ }],
  contains: [{ key: 'a|contains', value: null, reason: /null goes with/ }],
  exists: [
    { key: 'a|exists', value: 'x', reason: /needs a field and true or false/ },
    { key: 'a|exists|neq', value: true, reason: /stands alone/ },
    { key: '|exists', value: true, reason: /needs a field/ },
  ],
  cased: [{ key: 'a|re|cased', value: 'x', reason: /needs a comparison of text/ }],
  neq: [{ key: '|neq', value: 'x', reason: /needs a field/ }],
  windash: [
    { key: 'a|windash', value: ' -a -b -c -d -e -f', reason: /too many dashes/ },
    { key: 'a|re|windash', value: '-a', reason: /only plain text/ },
  ],
  re: [
    { key: 'a|re', value: '(', reason: /cannot be compiled/ },
    { key: 'a|re|contains', value: 'x', reason: /do not go together/ },
    { key: 'a|re', value: 'x'.repeat(5_000), reason: /longer than 4096/ },
  ],
  i: [{ key: 'a|i', value: 'x', reason: /need "re"/ }],
  m: [{ key: 'a|contains|m', value: 'x', reason: /need "re"/ }],
  s: [{ key: 'a|s', value: 'x', reason: /need "re"/ }],
  base64: [
    { key: 'a|base64', value: 'x*', reason: /cannot encode a wildcard/ },
    { key: 'a|base64|wide', value: 'x', reason: /must come after/ },
  ],
  base64offset: [{ key: 'a|base64offset|contains', value: 'x?', reason: /cannot encode a wildcard/ }],
  utf16le: [{ key: 'a|utf16le|utf16be', value: 'x', reason: /do not go together/ }],
  wide: [{ key: 'a|wide|cidr', value: '::1', reason: /only plain text/ }],
  utf16be: [{ key: 'a|utf16be|re', value: 'x', reason: /only plain text/ }],
  utf16: [{ key: 'a|utf16|gt', value: 1, reason: /only plain text/ }],
  lt: [{ key: 'a|lt', value: 'x', reason: /needs a number/ }],
  lte: [{ key: 'a|lte', value: true, reason: /needs a number/ }],
  gt: [{ key: 'a|gt|lt', value: 1, reason: /do not go together/ }],
  gte: [{ key: 'a|gte', value: null, reason: /null goes with/ }],
  minute: [{ key: 'a|minute', value: 'half', reason: /needs a number/ }],
  hour: [{ key: 'a|hour|day', value: 1, reason: /do not go together/ }],
  day: [{ key: 'a|day|contains', value: 1, reason: /do not go together/ }],
  week: [{ key: 'a|week', value: '', reason: /needs a number/ }],
  month: [{ key: 'a|month', value: [1, 'May'], reason: /needs a number/ }],
  year: [{ key: 'a|year|re', value: 1, reason: /do not go together/ }],
  cidr: [
    { key: 'a|cidr', value: 'x.y', reason: /not an address block/ },
    { key: 'a|cidr', value: '10.0.0.0/33', reason: /out of range/ },
    { key: 'a|cidr', value: '::/129', reason: /out of range/ },
  ],
  expand: [{ key: 'a|expand', value: '%Nobody%', reason: /placeholder %Nobody% has no values/ }],
  fieldref: [
    { key: 'a|fieldref', value: 3, reason: /needs the name of a field/ },
    { key: '|fieldref', value: 'b', reason: /needs a field/ },
    { key: 'a|fieldref|base64', value: 'b', reason: /only plain text/ },
  ],
};

describe('modifiers', () => {
  it('are all here, each with what holds, what does not, and a use of it that is refused', () => {
    const shown = (rows: Readonly<Record<string, unknown>>): string[] => Object.keys(rows).sort();
    const names = [...MODIFIER_NAMES].sort();
    expect([shown(ROWS), shown(BAD_USES)]).toEqual([names, names]);
  });

  const rows = Object.entries(ROWS).flatMap(([modifier, list]) => list.map((row) => ({ modifier, ...row })));

  it.each(rows)('$modifier: a|$key: $value holds', ({ key, value, holds: held }) => {
    expect(held.filter((one) => !asked(key, value, one))).toEqual([]);
    expect(held.length).toBeGreaterThan(0);
  });

  it.each(rows)('$modifier: a|$key: $value does not hold', ({ key, value, fails }) => {
    expect(fails.filter((one) => asked(key, value, one))).toEqual([]);
    expect(fails.length).toBeGreaterThan(0);
  });

  const badUses = Object.values(BAD_USES).flat();

  it.each(badUses)('refuses $key: $value', ({ key, value, reason }) => {
    expect(() => toRule({ selection: { [key]: value }, condition: 'selection' })).toThrow(reason);
  });

  it('refuses an unknown one, and has no modifier "eq"', () => {
    expect(() => toRule({ s: { 'a|bogus': 'x' }, condition: 's' })).toThrow(/unknown modifier "bogus"/);
    expect(() => toRule({ s: { 'a|eq': 1 }, condition: 's' })).toThrow(/unknown modifier "eq"/);
  });

  it('go with keywords too', () => {
    const keywords = (key: string, value: unknown, fields: Readonly<Record<string, unknown>>): boolean =>
      matches({ keywords: { [key]: value }, condition: 'keywords' }, fields);
    expect([
      keywords('|all', ['lsadump', 'seku*lsa'], { a: 'run LSADUMP now', b: 'sekurlsa::' }),
      keywords('|all', ['lsadump', 'seku*lsa'], { a: 'run LSADUMP now' }),
      keywords('|cased', ['Abc'], { a: 'xAbcx' }),
      keywords('|cased', ['Abc'], { a: 'xabcx' }),
      keywords('|re', 'ab+c', { a: 'xabbc' }),
      keywords('|re', 'ab+c', { a: 'ac' }),
      keywords('|startswith', 'ab', { a: 'abc' }),
      keywords('|startswith', 'ab', { a: 'cab' }),
    ]).toEqual([true, false, true, false, true, false, true, false]);
  });
});

function asked(key: string, value: unknown, of: unknown): boolean {
  return holds(key === '' ? 'a' : `a|${key}`, value, of instanceof Event ? of.fields : { a: of });
}

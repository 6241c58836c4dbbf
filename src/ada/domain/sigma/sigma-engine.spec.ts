import fc from 'fast-check';
import type { EventOrigin, SecurityEvent } from '../../../contracts/security-event.js';
import { parseRule } from './parse-rule.js';
import { SigmaEngine } from './sigma-engine.js';
import { SigmaError } from './sigma-error.js';
import type { SigmaRule } from './sigma-rule.js';
import type { PatternCompiler } from './text-pattern.js';
import { CacheBudget } from './value-cache.js';
import { literalsOf } from './pattern-literals.js';

type Fields = Readonly<Record<string, unknown>>;
type Detection = Readonly<Record<string, unknown>>;

const GENERIC: EventOrigin = { key: 'acme', product: 'acme' };

const compilePattern: PatternCompiler = (source, { ignoreCase, multiline, dotAll }) => {
  const letters = `${ignoreCase ? 'i' : ''}${multiline ? 'm' : ''}${dotAll ? 's' : ''}`;
  const compiled = new RegExp(source, letters);
  return { key: `${letters}/${source}`, literals: literalsOf(source), matches: (text) => compiled.test(text) };
};

function toEvent(fields: Fields, origin: EventOrigin = GENERIC): SecurityEvent {
  const texts = Object.values(fields)
    .flat()
    .filter((value) => value !== null && value !== undefined)
    .map(String);
  return {
    index: 0,
    format: 'generic',
    origin,
    time: 0,
    timeAssumed: false,
    field: (name) => fields[name],
    values: () => texts,
    normalized: { time: '1970-01-01T00:00:00.000Z', format: 'generic' },
    entities: [],
  };
}

function toRule(detection: Detection, rest: Fields = {}): SigmaRule {
  const document = { title: 'A rule', id: 'r', logsource: { product: 'acme' }, level: 'high', detection, ...rest };
  return parseRule(document, { compilePattern, placeholders: new Map([['Admins', ['root', 'adm*']]]) });
}

function matches(detection: Detection, fields: Fields): boolean {
  return new SigmaEngine([toRule(detection)]).match(toEvent(fields)).length === 1;
}

/** Matches one item, `key: value`, against an event. */
function holds(key: string, value: unknown, fields: Fields): boolean {
  return matches({ selection: { [key]: value }, condition: 'selection' }, fields);
}

describe('values', () => {
  it.each([
    ['case does not matter', 'a', 'Whoami', { a: 'wHOAMI' }, true],
    ['the whole value counts', 'a', 'whoami', { a: 'whoami ' }, false],
    ['* is any text', 'a', 'c:\\\\*\\x.exe', { a: 'C:\\deep\\down\\X.EXE' }, true],
    ['? is one character', 'a', 'a?c', { a: 'abc' }, true],
    ['? is not none', 'a', 'a?c', { a: 'ac' }, false],
    ['an escaped * is a star', 'a', 'a\\*c', { a: 'a*c' }, true],
    ['an escaped * is no wildcard', 'a', 'a\\*c', { a: 'abc' }, false],
    ['two backslashes before * are one and a wildcard', 'a', 'a\\\\*', { a: 'a\\b' }, true],
    ['a lone backslash is itself', 'a', '\\\\host\\share', { a: '\\host\\share' }, true],
    ['numbers compare as text', 'a', 4624, { a: '4624' }, true],
    ['text compares with numbers', 'a', '4624', { a: 4624 }, true],
    ['true is text', 'a', true, { a: 'True' }, true],
    ['null is missing', 'a', null, {}, true],
    ['null is null', 'a', null, { a: null }, true],
    ['null is not empty', 'a', null, { a: '' }, false],
    ['empty is empty', 'a', '', { a: '' }, true],
    ['empty is not missing', 'a', '', {}, false],
    ['* alone is any value', 'a', '*', { a: 'x' }, true],
    ['* alone is not a missing one', 'a', '*', { a: null }, false],
    ['a list is OR', 'a', ['x', 'y'], { a: 'Y' }, true],
    ['any member of a list counts', 'a', 'y', { a: ['x', 'Y'] }, true],
    ['beyond ASCII, case does not matter either', 'a|contains', 'ÜBER', { a: 'das über alles' }, true],
  ])('%s', (_name, key, value, fields, expected) => {
    expect(holds(key, value, fields)).toBe(expected);
  });
});

describe('modifiers', () => {
  it.each([
    ['contains', 'a|contains', 'MIMI', { a: 'x mimikatz' }, true],
    ['startswith', 'a|startswith', 'c:\\', { a: 'C:\\x' }, true],
    ['endswith', 'a|endswith', '\\cmd.exe', { a: 'C:\\CMD.exe' }, true],
    ['endswith', 'a|endswith', '\\cmd.exe', { a: 'C:\\cmd.exe2' }, false],
    ['contains|all', 'a|contains|all', ['-enc', 'hidden'], { a: 'x -w hidden -enc' }, true],
    ['contains|all', 'a|contains|all', ['-enc', 'hidden'], { a: 'x -enc' }, false],
    ['cased', 'a|contains|cased', 'Abc', { a: 'xAbc' }, true],
    ['cased', 'a|contains|cased', 'Abc', { a: 'xabc' }, false],
    ['exists', 'a|exists', true, { a: null }, true],
    ['exists', 'a|exists', false, {}, true],
    ['exists', 'a|exists', false, { a: '' }, false],
    ['neq', 'a|neq', 'x', { a: 'y' }, true],
    ['neq', 'a|neq', ['x', 'y'], { a: 'Y' }, false],
    ['neq of a missing field', 'a|neq', 'x', {}, false],
    ['windash', 'a|contains|windash', ' -foo', { a: 'x \u2014FOO' }, true],
    ['windash permutes', 'a|contains|windash', ' -f -g', { a: 'x /f \u2013g' }, true],
    ['windash leaves words alone', 'a|contains|windash', 'a-b', { a: 'a/b' }, false],
    ['re', 'a|re', '^\\d{3}-x', { a: '123-x' }, true],
    ['re is case-sensitive', 'a|re', 'Abc', { a: 'abc' }, false],
    ['re|i', 'a|re|i', 'Abc', { a: 'xabc' }, true],
    ['re|m', 'a|re|m', '^b$', { a: 'a\nb\nc' }, true],
    ['re|s', 'a|re|s', 'a.b', { a: 'a\nb' }, true],
    ['base64', 'a|base64|contains', 'foobar', { a: 'x Zm9vYmFy' }, true],
    ['base64offset', 'a|base64offset|contains', 'foobar', { a: Buffer.from('xxfoobar').toString('base64') }, true],
    ['base64offset', 'a|base64offset|contains', 'foobar', { a: Buffer.from('xfoobar ').toString('base64') }, true],
    ['wide|base64offset', 'a|wide|base64offset|contains', 'ping', { a: Buffer.from('a ping', 'utf16le').toString('base64') }, true],
    ['utf16be|base64', 'a|utf16be|base64', 'hi', { a: 'AGgAaQ==' }, true],
    ['utf16|base64', 'a|utf16|base64', 'hi', { a: '//5oAGkA' }, true],
    ['wide alone', 'a|wide', 'hi', { a: 'h\0i\0' }, true],
    ['lt', 'a|lt', 10, { a: '9.5' }, true],
    ['lte', 'a|lte', 10, { a: 10 }, true],
    ['gt', 'a|gt', 10, { a: '0x0b' }, true],
    ['gte of no number', 'a|gte', 10, { a: 'many' }, false],
    ['hour', 'a|hour', 3, { a: '2026-02-03T03:59:00Z' }, true],
    ['hour|gte', 'a|hour|gte', 22, { a: '2026-02-03T21:00:00Z' }, false],
    ['minute', 'a|minute', 59, { a: '2026-02-03 03:59:00' }, true],
    ['day', 'a|day', 3, { a: '2026-02-03T03:59:00+00:00' }, true],
    ['week', 'a|week', 53, { a: '2021-01-02T00:00:00Z' }, true],
    ['month', 'a|month|lt', 3, { a: 1770000000 }, true],
    ['year', 'a|year', 2026, { a: 1770000000000 }, true],
    ['cidr', 'a|cidr', '10.0.0.0/8', { a: '10.255.0.1' }, true],
    ['cidr', 'a|cidr', '10.0.0.0/9', { a: '10.128.0.1' }, false],
    ['cidr of IPv6', 'a|cidr', '2001:db8::/33', { a: '2001:DB8:7fff::1' }, true],
    ['cidr of no address', 'a|cidr', '10.0.0.0/8', { a: '10.0.0' }, false],
    ['expand', 'a|expand', '%Admins%', { a: 'ADMIN' }, true],
    ['expand', 'a|contains|expand', 'x%Admins%', { a: 'a xroot' }, true],
    ['fieldref', 'a|fieldref', 'b', { a: 'X', b: 'x' }, true],
    ['fieldref|neq', 'a|fieldref|neq', 'b', { a: 'X', b: 'y' }, true],
    ['fieldref|startswith', 'a|fieldref|startswith', 'b', { a: 'Xy', b: 'x' }, true],
    ['fieldref|endswith', 'a|fieldref|endswith', 'b', { a: 'Xy', b: 'x' }, false],
    ['fieldref|contains', 'a|fieldref|contains', 'b', { a: 'Xyz', b: 'y' }, true],
    ['fieldref of a missing field', 'a|fieldref', 'b', {}, false],
  ])('%s: %s %j', (_name, key, value, fields, expected) => {
    expect(holds(key, value, fields)).toBe(expected);
  });

  it.each([
    ['a|bogus', 'x', /unknown modifier "bogus"/],
    ['a|contains|startswith', 'x', /do not go together/],
    ['a|re|contains', 'x', /do not go together/],
    ['a|cidr', 'x.y', /not an address block/],
    ['a|cidr', '10.0.0.0/33', /out of range/],
    ['a|re', '(', /./],
    ['a|i', 'x', /need "re"/],
    ['a|lt', 'x', /needs a number/],
    ['a|exists', 'x', /needs a field and true or false/],
    ['a|base64', 'x*', /cannot encode a wildcard/],
    ['a|base64|wide', 'x', /must come after/],
    ['a|contains', null, /null goes with/],
    ['a|expand', '%Nobody%', /placeholder %Nobody% has no values/],
    ['a|fieldref', 3, /needs the name of a field/],
    ['a', [], /list of values is empty/],
    ['a', { b: 1 }, /neither text/],
    ['a|windash', ' -a -b -c -d -e -f', /too many dashes/],
    ['|neq', 'x', /needs a field/],
  ])('refuses %s: %j', (key, value, reason) => {
    expect(() => toRule({ selection: { [key]: value }, condition: 'selection' })).toThrow(reason);
  });
});

describe('searches and conditions', () => {
  const searches = { s1: { a: 'x' }, s2: { b: 'x' }, _s: { c: 'x' }, other: { d: 'x' } };

  it.each([
    ['s1 or s2 and other', { a: 'x' }, true],
    ['(s1 or s2) and other', { a: 'x' }, false],
    ['not s1 and s2', { b: 'x' }, true],
    ['not (s1 and s2)', { a: 'x', b: 'x' }, false],
    ['not not s1', { a: 'x' }, true],
    ['1 of s*', { b: 'x' }, true],
    ['any of s*', { b: 'x' }, true],
    ['all of s*', { b: 'x' }, false],
    ['all of s*', { a: 'x', b: 'x' }, true],
    ['1 of them', { c: 'x' }, false],
    ['1 of them', { d: 'x' }, true],
    ['1 of *', { c: 'x' }, true],
    ['NOT s1 AND 1 OF s2', { b: 'x' }, true],
  ])('%s on %j', (condition, fields, expected) => {
    expect(matches({ ...searches, condition }, fields)).toBe(expected);
  });

  it('takes a list of conditions as OR', () => {
    expect(matches({ ...searches, condition: ['s1', 'other'] }, { d: 'x' })).toBe(true);
  });

  it.each([
    ['nothing', /names "nothing"/],
    ['1 of x*', /stands for no search/],
    ['2 of s*', /is not one of/],
    ['(s1', /not closed/],
    ['s1 and', /too early/],
    ['s1 s2', /was not expected/],
    ['s1 | count() > 5', /aggregation/],
    [`${'('.repeat(80)}s1${')'.repeat(80)}`, /nested deeper/],
  ])('refuses %s', (condition, reason) => {
    expect(() => toRule({ ...searches, condition })).toThrow(reason);
  });

  it('takes a list of maps as OR of maps and a map as AND', () => {
    const detection = { selection: [{ a: 'x', b: 'y' }, { c: 'z' }], condition: 'selection' };
    expect([{ a: 'x', b: 'y' }, { a: 'x' }, { c: 'z' }].map((fields) => matches(detection, fields))).toEqual([true, false, true]);
  });

  it('looks for keywords in every value, for all of them with |all', () => {
    const any = { keywords: ['lsadump', 'seku*lsa'], condition: 'keywords' };
    const all = { keywords: { '|all': ['lsadump', 'sekurlsa'] }, condition: 'keywords' };
    const one = { a: 'x', b: ['run LSADUMP now'] };
    const both = { ...one, c: 'sekurlsa::' };
    expect([matches(any, one), matches(all, one), matches(all, both), matches(any, { a: 'lsa' })]).toEqual([true, false, true, false]);
  });

  it.each([
    [{ detection: null }, /detection is missing/],
    [{ logsource: {} }, /logsource names neither/],
    [{ level: 'loud' }, /level is not one of/],
    [{ title: '' }, /title is missing/],
    [{ detection: { s: { a: 1 } } }, /condition is missing/],
  ])('refuses a document with %j', (part, reason) => {
    expect(() => toRule({ s: { a: 1 }, condition: 's' }, part)).toThrow(SigmaError);
    expect(() => toRule({ s: { a: 1 }, condition: 's' }, part)).toThrow(reason);
  });
});

describe('routing by log source', () => {
  const sysmon = (eventId: number, eventType?: string): EventOrigin => ({
    key: `s/${eventId}/${eventType ?? ''}`,
    product: 'windows',
    channel: 'microsoft-windows-sysmon/operational',
    eventId,
    ...(eventType === undefined ? {} : { eventType }),
  });
  const accepted = (logsource: Fields, origin: EventOrigin): boolean =>
    new SigmaEngine([toRule({ s: { a: 'x' }, condition: 's' }, { logsource })]).match(toEvent({ a: 'x' }, origin)).length === 1;

  it.each([
    [{ product: 'windows', category: 'process_creation' }, sysmon(1), true],
    [{ product: 'windows', category: 'process_creation' }, { key: 'k', product: 'windows', channel: 'security', eventId: 4688 }, true],
    [{ product: 'windows', category: 'process_creation' }, { key: 'k', product: 'linux', category: 'process_creation' }, false],
    [{ product: 'linux', category: 'process_creation' }, { key: 'k', product: 'linux', category: 'process_creation' }, true],
    [{ product: 'windows', category: 'registry_delete' }, sysmon(12, 'DeleteKey'), true],
    [{ product: 'windows', category: 'registry_delete' }, sysmon(12, 'CreateKey'), false],
    [{ product: 'windows', category: 'registry_event' }, sysmon(14), true],
    [{ product: 'windows', service: 'sysmon' }, sysmon(3), true],
    [{ product: 'windows', service: 'security' }, sysmon(3), false],
    [{ product: 'windows' }, sysmon(3), true],
    [{ product: 'linux', service: 'auth' }, { key: 'k', product: 'linux', service: 'sshd' }, true],
    [{ product: 'linux', service: 'sshd' }, { key: 'k', product: 'linux', service: 'sudo' }, false],
    [{ product: 'aws', service: 'cloudtrail' }, { key: 'k', product: 'aws', service: 'cloudtrail' }, true],
    [{ product: 'zeek', service: 'dns' }, { key: 'k', product: 'zeek', service: 'http' }, false],
    [{ category: 'webserver' }, { key: 'k', product: 'nginx', category: 'webserver' }, true],
    [
      { category: 'antivirus' },
      { key: 'k', product: 'windows', channel: 'microsoft-windows-windows defender/operational', eventId: 1116 },
      true,
    ],
  ])('%j with %j', (logsource, origin, expected) => {
    expect(accepted(logsource, origin)).toBe(expected);
  });

  it('settles event ids per kind of event without changing what matches', () => {
    const rules = [
      toRule({ s: { EventID: [1, 2], a: 'x' }, condition: 's' }, { id: 'b', logsource: { product: 'windows' } }),
      toRule({ s: { EventID: 3 }, t: { a: 'x' }, condition: 't and not s' }, { id: 'a', logsource: { product: 'windows' } }),
      toRule({ s: { 'EventID|gte': 3 }, condition: 's' }, { id: 'c', logsource: { product: 'windows' } }),
    ];
    const engine = new SigmaEngine(rules);
    const ids = [1, 3, 9].map((eventId) => engine.match(toEvent({ EventID: eventId, a: 'X' }, sysmon(eventId))).map(({ id }) => id));
    expect(ids).toEqual([['a', 'b'], ['c'], ['a', 'c']]);
  });
});

describe('the engine against a plain evaluation of the same rules', () => {
  const word = fc.constantFrom(
    'a',
    'B',
    'ab',
    'aB*',
    'b?c',
    'abc',
    'abca',
    'cabcab',
    'É',
    'éa',
    'aÉbc',
    '-a',
    ' -ab',
    'İa',
    'K',
    'abcabcabcd',
    '\\*',
    '',
  );
  const modifier = fc.constantFrom(
    '',
    '|contains',
    '|startswith',
    '|endswith',
    '|contains|all',
    '|cased',
    '|contains|cased',
    '|endswith|all',
    '|contains|windash',
  );
  const pattern = fc.constantFrom('ab+c', '^a', 'b$', 'abc|cab', '(ab)?c', 'a.c', '[bc]a', 'abca{0,2}', 'x?abc');
  const field = fc.constantFrom('f', 'g', 'h');
  const item = fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .tuple(field, modifier, fc.array(word, { minLength: 1, maxLength: 3 }))
        .map(([f, m, values]) => [`${f}${m}`, values] as const),
    },
    { weight: 1, arbitrary: fc.tuple(field, pattern).map(([f, source]) => [`${f}|re`, source] as const) },
    { weight: 1, arbitrary: fc.tuple(field, fc.constantFrom<unknown>(null, 7, '7')).map(([f, value]) => [f, value] as const) },
    { weight: 1, arbitrary: fc.tuple(field, fc.boolean()).map(([f, wanted]) => [`${f}|exists`, wanted] as const) },
    {
      weight: 1,
      arbitrary: fc.tuple(field, field, fc.constantFrom('', '|neq', '|contains')).map(([f, g, m]) => [`${f}|fieldref${m}`, g] as const),
    },
    { weight: 1, arbitrary: fc.tuple(field, fc.constantFrom('lt', 'gte'), fc.nat(9)).map(([f, m, n]) => [`${f}|${m}`, n] as const) },
    { weight: 1, arbitrary: fc.tuple(field, word).map(([f, value]) => [`${f}|neq`, value] as const) },
  );
  const search = fc.oneof(
    { weight: 5, arbitrary: fc.array(item, { minLength: 1, maxLength: 2 }).map((items) => Object.fromEntries(items)) },
    {
      weight: 1,
      arbitrary: fc.array(
        word.filter((text) => text !== ''),
        { minLength: 1, maxLength: 2 },
      ),
    },
  );
  const condition = fc.constantFrom(
    'a',
    'a and b',
    'a or b',
    'a and not b',
    'not a',
    '1 of them',
    'all of them',
    'not (a and b) or c',
    'c and (a or not b)',
  );
  const detection = fc.record({ a: search, b: search, c: search, condition });
  const text = fc
    .array(fc.constantFrom('a', 'B', 'c', 'É', 'é', ' -', '7', 'İ', 'K', 'Σ'), { maxLength: 9 })
    .map((parts) => parts.join(''));
  const value = fc.oneof(
    { weight: 6, arbitrary: text },
    fc.constantFrom<unknown>(null, undefined, 7, true),
    fc.array(text, { maxLength: 3 }),
  );
  const event = fc.record({ f: value, g: value, h: value });

  it.each([
    ['remembering values', 1 << 20],
    ['remembering a few values', 400],
    ['remembering none', 0],
  ])('agrees, %s', (_name, cacheBytes) => {
    fc.assert(
      fc.property(
        fc.array(detection, { minLength: 1, maxLength: 8 }),
        fc.array(event, { minLength: 1, maxLength: 8 }),
        (detections, events) => {
          const rules = detections.map((one, number) => toRule(one, { id: `r${number}` }));
          const engine = new SigmaEngine(rules, { cache: new CacheBudget(cacheBytes) });
          for (const fields of [...events, ...events]) {
            const expected = detections.flatMap((one, number) => (plainlyHolds(one, fields) ? [`r${number}`] : []));
            expect(engine.match(toEvent(fields)).map(({ id }) => id)).toEqual(expected);
          }
        },
      ),
      { numRuns: 400 },
    );
  });
});

/** The meaning of a detection, written for nothing but to be evidently right: no index, no cache, regular expressions for wildcards. */
function plainlyHolds({ condition, ...searches }: Detection, event: Fields): boolean {
  const [a, b, c] = ['a', 'b', 'c'].map((name) => plainSearch(searches[name], event)) as [boolean, boolean, boolean];
  const conditions: Record<string, () => boolean> = {
    a: () => a,
    'a and b': () => a && b,
    'a or b': () => a || b,
    'a and not b': () => a && !b,
    'not a': () => !a,
    '1 of them': () => a || b || c,
    'all of them': () => a && b && c,
    'not (a and b) or c': () => !(a && b) || c,
    'c and (a or not b)': () => c && (a || !b),
  };
  return conditions[condition as string]?.() ?? false;
}

function plainSearch(search: unknown, event: Fields): boolean {
  if (!Array.isArray(search)) return Object.entries(search as Fields).every(([key, wanted]) => plainItem(key, wanted, event));
  const texts = Object.values(event).flatMap((value) => plainTexts(value));
  return search.some((keyword) => texts.some((text) => plainGlob(`*${keyword as string}*`, text, false)));
}

function plainItem(key: string, wanted: unknown, event: Fields): boolean {
  const [name = '', ...modifiers] = key.split('|');
  const value = event[name];
  const there = value !== undefined && value !== null;
  const texts = plainTexts(value);
  if (modifiers.includes('exists')) return (value !== undefined) === wanted;
  if (modifiers.includes('neq')) {
    const rest = modifiers.filter((modifier) => modifier !== 'neq');
    return there && !plainItem([name, ...rest].join('|'), wanted, event);
  }
  if (modifiers.includes('fieldref')) return plainReference(modifiers, texts, plainTexts(event[wanted as string]));
  if (modifiers.includes('re')) return texts.some((text) => new RegExp(wanted as string).test(text));
  const [operator = ''] = modifiers;
  if (['lt', 'gte'].includes(operator)) return texts.some((text) => plainNumber(operator, text, wanted as number));
  if (wanted === null) return !there;
  return plainValues(modifiers, wanted, texts, there);
}

function plainValues(modifiers: readonly string[], wanted: unknown, texts: readonly string[], there: boolean): boolean {
  const one = (given: unknown): boolean => plainText(String(given), modifiers, texts, there);
  const list = Array.isArray(wanted) ? (wanted as unknown[]) : [wanted];
  return modifiers.includes('all') ? list.every(one) : list.some(one);
}

function plainReference(modifiers: readonly string[], texts: readonly string[], others: readonly string[]): boolean {
  return texts.some((text) => others.some((other) => plainCompare(modifiers.at(1), plainFold(text), plainFold(other))));
}

function plainNumber(operator: string, text: string, than: number): boolean {
  return /^\s*-?\d+$/.test(text) && (operator === 'lt' ? Number(text) < than : Number(text) >= than);
}

function plainText(given: string, modifiers: readonly string[], texts: readonly string[], there: boolean): boolean {
  const before = modifiers.includes('contains') || modifiers.includes('endswith') ? '*' : '';
  const after = modifiers.includes('contains') || modifiers.includes('startswith') ? '*' : '';
  const globs = modifiers.includes('windash') ? plainDashes(given) : [given];
  return globs.some((one) => {
    const glob = `${before}${one}${after}`;
    return /^\*+$/.test(glob) ? there : texts.some((text) => plainGlob(glob, text, modifiers.includes('cased')));
  });
}

function plainTexts(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(plainTexts);
  return value === undefined || value === null ? [] : [`${value as string | number | boolean}`];
}

function plainCompare(mode: string | undefined, text: string, other: string): boolean {
  if (mode === 'contains') return text.includes(other);
  return text === other;
}

function plainDashes(glob: string): string[] {
  return ['-', '/', '\u2013', '\u2014', '\u2015'].map((dash) => glob.replace(/\B-\b/, dash));
}

function plainFold(text: string): string {
  return [...text].map((character) => (character === 'İ' || character === 'K' ? character : character.toLowerCase())).join('');
}

function plainGlob(glob: string, text: string, cased: boolean): boolean {
  const source = (cased ? glob : plainFold(glob)).replaceAll(/\\[*?\\]|[\s\S]/g, (part) => {
    if (part === '*') return '[\\s\\S]*';
    if (part === '?') return '[\\s\\S]';
    return (part.length > 1 ? part.slice(1) : part).replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  });
  return new RegExp(`^${source}$`).test(cased ? text : plainFold(text));
}

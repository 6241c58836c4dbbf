import { matches, holds, toEvent, toRule } from '../../../../test/support/sigma/one-rule.js';
import type { EventOrigin } from '../../../contracts/security-event.js';
import { SigmaEngine } from './sigma-engine.js';
import { SigmaError } from './sigma-error.js';

type Fields = Readonly<Record<string, unknown>>;

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
    ['*** alone is no more', 'a', '***', { a: { b: 1 } }, true],
    ['two backslashes are one', 'a', 'a\\\\b', { a: 'a\\b' }, true],
    ['three backslashes before a star are one and a star', 'a', 'a\\\\\\*', { a: 'a\\*' }, true],
    ['three backslashes are two', 'a', 'a\\\\\\b', { a: 'a\\\\b' }, true],
    ['four backslashes are two', 'a', 'a\\\\\\\\b', { a: 'a\\\\b' }, true],
    ['null among values', 'a', [null, 'x'], {}, true],
    ['null among members', 'a', null, { a: ['x', null] }, true],
    ['a member that is no text', 'a', 'x', { a: [{ b: 'x' }] }, false],
    ['names of fields have their case', 'A', 'x', { a: 'x' }, false],
    ['a name may have blanks and dots', 'a b.c', 'x', { 'a b.c': 'x' }, true],
    ['* alone is not a missing one', 'a', '*', { a: null }, false],
    ['a list is OR', 'a', ['x', 'y'], { a: 'Y' }, true],
    ['any member of a list counts', 'a', 'y', { a: ['x', 'Y'] }, true],
    ['beyond ASCII, case does not matter either', 'a|contains', 'ÜBER', { a: 'das über alles' }, true],
  ])('%s', (_name, key, value, fields, expected) => {
    expect(holds(key, value, fields)).toBe(expected);
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
    ['all of them', { a: 'x', b: 'x', d: 'x' }, true],
    ['all of them', { a: 'x', b: 'x', c: 'x' }, false],
    ['any of them', { d: 'x' }, true],
    ['1 of *1', { a: 'x' }, true],
    ['1 of *1', { b: 'x' }, false],
    ['1 of _*', { c: 'x' }, true],
    ['1 of s*1 or other', { d: 'x' }, true],
    ['not 1 of s*', { d: 'x' }, true],
    ['not all of s*', { a: 'x' }, true],
    ['((s1)and(s2))', { a: 'x', b: 'x' }, true],
  ])('%s on %j', (condition, fields, expected) => {
    expect(matches({ ...searches, condition }, fields)).toBe(expected);
  });

  it('takes a list of maps and keywords as OR of all', () => {
    const detection = { selection: ['lsadump', { a: 'x' }, 7], condition: 'selection' };
    expect([{ b: 'an lsadump' }, { a: 'x' }, { b: 17 }, { b: 'x' }].map((fields) => matches(detection, fields))).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  it('takes a list of conditions as OR', () => {
    expect(matches({ ...searches, condition: ['s1', 'other'] }, { d: 'x' })).toBe(true);
  });

  it.each([
    ['nothing', /names "nothing"/],
    ['1 of x*', /stands for no search/],
    ['2 of s*', /is not one of/],
    ['(s1', /not closed/],
    ['', /too early/],
    ['s1 or or s2', /names "or"/],
    ['1 of', /ends after "of"/],
    ['not', /too early/],
    ['s1)', /was not expected/],
    ['x'.repeat(9_000), /longer than/],
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
    [{ title: 7 }, /title is not text/],
    [{ logsource: { product: 7 } }, /product is not text/],
    [{ detection: {} }, /no search/],
    [{ detection: { s: [], condition: 's' } }, /s: the search is empty/],
    [{ detection: { s: { a: [] }, condition: 's' } }, /s: a: the list of values is empty/],
    [{ detection: { s: { a: { b: 1 } }, condition: 's' } }, /neither text/],
    [{ detection: { s: { a: 1 }, condition: [] } }, /condition is missing/],
    [{ detection: { s: { a: 1 }, condition: ['s', 7] } }, /condition is missing or not text/],
    [{ title: 'x'.repeat(300) }, /title is longer than 256/],
    [{ id: 7 }, /id is not text/],
    [{ status: 'new' }, /status is not one of stable/],
    [{ date: 'yesterday' }, /date is not YYYY-MM-DD/],
    [{ modified: 2026 }, /modified is not/],
    [{ tags: [{ a: 1 }] }, /tags is not a list of texts/],
    [{ references: 7 }, /references is not a list of texts/],
    [{ falsepositives: Array.from({ length: 2_000 }, () => 'x') }, /more than 1000 members/],
    [{ related: [{ id: 'x', type: 'cousin' }] }, /related needs an id and a type/],
    [{ related: 'x' }, /related is not a list/],
    [{ action: 'global' }, /"action" belong to Sigma 1/],
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

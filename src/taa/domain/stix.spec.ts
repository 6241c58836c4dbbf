import { IndicatorError } from './indicator-error.js';
import { readIndicatorDocument } from './indicator-document.js';
import { readStixObjects } from './stix-bundle.js';
import { compileLinearMatcher } from '../adapters/linear-text-matcher.js';
import { readPattern } from './stix/read-pattern.js';
import { simpleValues } from './stix/simple-values.js';

const SHA256 = 'a'.repeat(64);

function texts(pattern: string): string[] | undefined {
  return simpleValues(readPattern(pattern))?.map(({ type, value }) => `${type} ${value}`);
}

describe('simpleValues', () => {
  it.each([
    ["[ipv4-addr:value = '203.0.113.7']", ['ip 203.0.113.7']],
    ["[ipv4-addr:value = '203.0.113.7/24']", ['ip 203.0.113.0/24']],
    ["[ipv4-addr:value ISSUBSET '203.0.113.0/24']", ['ip 203.0.113.0/24']],
    ["[ipv6-addr:value = '2001:DB8::1']", ['ip 2001:db8:0:0:0:0:0:1']],
    ["[domain-name:value = 'Update.Bad.Example.']", ['domain update.bad.example']],
    ["[url:value = 'HTTP://Bad.Example/a?b=1']", ['url http://bad.example/a?b=1']],
    ["[email-addr:value = 'Bad@Example.com']", ['email bad@example.com']],
    [`[file:hashes.'SHA-256' = '${SHA256.toUpperCase()}']`, [`file_hash ${SHA256}`]],
    [`[file:hashes.MD5='${'0f'.repeat(16)}']`, [`file_hash ${'0f'.repeat(16)}`]],
    ["[domain-name:value = 'a.example' OR ipv4-addr:value = '203.0.113.7']", ['domain a.example', 'ip 203.0.113.7']],
    ["[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '5.6.7.8']", ['ip 5.6.7.8']],
    [
      "[network-traffic:src_ref.value IN ('::1', '::2') AND network-traffic:src_ref.type = 'ipv6-addr']",
      ['ip 0:0:0:0:0:0:0:1', 'ip 0:0:0:0:0:0:0:2'],
    ],
    ["[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value ISSUBSET '5.6.7.0/24']", ['ip 5.6.7.0/24']],
    ["[network-traffic:dst_ref.type = 'domain-name' AND network-traffic:dst_ref.value = 'a.example']", ['domain a.example']],
    ["[domain-name:value = 'a.example'] OR [domain-name:value = 'b.example']", ['domain a.example', 'domain b.example']],
    ["[(domain-name:value IN ('a.example', 'b.example', 'a.example'))]", ['domain a.example', 'domain b.example']],
  ])('reads %s', (pattern, expected) => {
    expect(texts(pattern)).toEqual(expected);
  });

  it.each([
    "[process:name = 'a.exe']",
    "[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:src_ref.value = '5.6.7.8']",
    "[network-traffic:dst_ref.type != 'ipv4-addr' AND network-traffic:dst_ref.value = '5.6.7.8']",
    "[network-traffic:dst_ref.type NOT = 'ipv4-addr' AND network-traffic:dst_ref.value = '5.6.7.8']",
    "[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value != '5.6.7.8']",
    "[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '5.6.7.8' AND network-traffic:dst_port = 53]",
    "[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.type = 'ipv4-addr']",
    "[network-traffic:dst_ref.type = 'mac-addr' AND network-traffic:dst_ref.value = '00:00:5e:00:53:01']",
    "[domain-name:value = 'a.example' AND ipv4-addr:value = '203.0.113.7']",
    "[domain-name:value = 'a.example' OR process:name = 'a.exe']",
    "[domain-name:value = 'a.example'] FOLLOWEDBY [domain-name:value = 'b.example']",
    "[domain-name:value = 'a.example'] WITHIN 5 SECONDS",
    "[domain-name:value != 'a.example']",
    "[domain-name:value NOT = 'a.example']",
    "[domain-name:value LIKE 'a%']",
    "[domain-name:value ISSUBSET 'a.example']",
    "[file:hashes.SSDEEP = 'a']",
    '[ipv4-addr:value = 5]',
    '[domain-name:value IN ()]',
  ])('leaves %s to the evaluation of patterns', (pattern) => {
    expect(texts(pattern)).toBeUndefined();
  });

  it.each([
    ["[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '::1']", 'not an IPv4 address'],
    ["[ipv4-addr:value = 'x']", 'not an IP address or block: "x"'],
    ["[file:name = 'C:\\\\a.exe']", 'not the name of a file: "C:\\\\a.exe"'],
    [`[domain-name:value IN (${Array.from({ length: 501 }, (_, at) => `'a${at}.example'`).join()})]`, 'more than 500 values'],
  ])('refuses %s', (pattern, reason) => {
    expect(() => texts(pattern)).toThrow(IndicatorError);
    expect(() => texts(pattern)).toThrow(reason);
  });
});

describe('readStixObjects', () => {
  const indicator = { type: 'indicator', id: 'indicator--1', pattern: "[ipv4-addr:value = '203.0.113.7']", pattern_type: 'stix' };

  it('reads name, validity, confidence and revocation', () => {
    const full = {
      ...indicator,
      name: 'C2',
      valid_from: '2026-01-01T00:00:00Z',
      valid_until: '2026-06-01T00:00:00.5Z',
      confidence: 85,
      revoked: true,
    };
    expect(readStixObjects([full], compileLinearMatcher).reports).toEqual([
      {
        external_id: 'indicator--1',
        name: 'C2',
        values: [{ type: 'ip', value: '203.0.113.7' }],
        valid_from: '2026-01-01T00:00:00.000Z',
        valid_until: '2026-06-01T00:00:00.500Z',
        confidence: 0.85,
        revoked: true,
      },
    ]);
  });

  it('takes of several versions the last modified, in any order, and of those modified at once the last', () => {
    const at = (day: number, more: object): object => ({ ...indicator, modified: `2026-01-0${day}T00:00:00Z`, ...more });
    const [first, revoked] = [at(1, {}), at(2, { revoked: true })];
    for (const objects of [
      [first, revoked],
      [revoked, first],
    ]) {
      const { reports, unsupported } = readStixObjects(objects, compileLinearMatcher);
      expect(reports).toMatchObject([{ revoked: true, modified: '2026-01-02T00:00:00.000Z' }]);
      expect(unsupported).toEqual(objects[0] === first ? [] : [{ id: 'indicator--1', reason: 'a newer version of it is there too' }]);
    }
    expect(readStixObjects([revoked, at(2, {})], compileLinearMatcher).reports).toMatchObject([{ revoked: false }]);
    expect(readStixObjects([revoked, indicator], compileLinearMatcher).reports).toMatchObject([{ revoked: false }]);
    expect(readStixObjects([at(1, { modified: 'x' })], compileLinearMatcher).unsupported).toMatchObject([
      { reason: 'modified is not a time' },
    ]);
  });

  it('passes over other objects and reports what it cannot use', () => {
    const { reports, unsupported } = readStixObjects(
      [
        { type: 'identity', id: 'identity--1' },
        indicator,
        { ...indicator, id: 'indicator--2', pattern_type: 'yara' },
        { ...indicator, id: 'indicator--3', pattern: 7 },
        { ...indicator, id: 'indicator--4', valid_from: 'yesterday' },
        { ...indicator, id: 'indicator--5', confidence: 101 },
        { ...indicator, id: 5 },
        null,
        { ...indicator, id: 'indicator--6', pattern: "[process:name MATCHES '(']" },
        { ...indicator, id: 'indicator--7', pattern: '[x' },
      ],
      compileLinearMatcher,
    );
    expect(reports).toMatchObject([{ external_id: 'indicator--1', name: '203.0.113.7', confidence: 0.5 }]);
    expect(unsupported).toEqual([
      { id: 'indicator--2', reason: 'only patterns of type stix are supported' },
      { id: 'indicator--3', reason: 'pattern is missing' },
      { id: 'indicator--4', reason: 'valid_from is not a time' },
      { id: 'indicator--5', reason: 'confidence is not between 0 and 100' },
      { id: 'objects/6', reason: 'id is not that of an indicator' },
      { id: 'objects/7', reason: 'not an object' },
      { id: 'indicator--6', reason: 'not a regular expression, or one that looks around or refers back: (' },
      { id: 'indicator--7', reason: ': is expected at the end' },
    ]);
  });
});

describe('what else readStixObjects reads', () => {
  const indicator = { type: 'indicator', id: 'indicator--1', spec_version: '2.1', pattern_type: 'stix' };

  it('keeps a pattern that is more than values', () => {
    const pattern = "[process:name = 'a.exe' AND process:pid > 5]";
    expect(readStixObjects([{ ...indicator, pattern }], compileLinearMatcher).reports).toMatchObject([
      { name: pattern, values: [], pattern },
    ]);
  });

  it('carries the closest marking of the Traffic Light Protocol, by id and as the bundle defines it', () => {
    const own = { type: 'marking-definition', id: 'marking-definition--1', definition_type: 'tlp', definition: { tlp: 'amber' } };
    const green = 'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb';
    const marked = (...refs: string[]): unknown => ({ ...indicator, pattern: "[file:name = 'a.exe']", object_marking_refs: refs });
    const tlpOf = (object: unknown): unknown => readStixObjects([object, own], compileLinearMatcher).reports[0]?.tlp;
    expect([marked(green), marked(green, own.id), marked('marking-definition--2'), marked()].map(tlpOf)).toEqual([
      'green',
      'amber',
      undefined,
      undefined,
    ]);
  });
});

describe('readIndicatorDocument', () => {
  it('reads a plain list', () => {
    const list = `# addresses\n203.0.113.7\n198.51.100.0/24 # a block\r\n\nbad.example\thigh\nhttp://bad.example/x#frag\n${SHA256}\nbad@example.com\nnot/a thing\n`;
    const { reports, unsupported } = readIndicatorDocument(list, compileLinearMatcher);
    expect(reports.flatMap(({ values }) => values.map(({ type, value }) => `${type} ${value}`))).toEqual([
      'ip 203.0.113.7',
      'ip 198.51.100.0/24',
      'domain bad.example',
      'url http://bad.example/x#frag',
      `file_hash ${SHA256}`,
      'email bad@example.com',
    ]);
    expect(unsupported).toEqual([{ id: 'not/a', reason: expect.stringContaining('"not/a"') }]);
  });

  it('reads a bundle and refuses what is neither', () => {
    expect(readIndicatorDocument('{"type":"bundle","objects":[]}', compileLinearMatcher)).toEqual({ reports: [], unsupported: [] });
    expect(() => readIndicatorDocument('{"type":"bundle"}', compileLinearMatcher)).toThrow('neither a STIX bundle nor events of MISP');
    expect(() => readIndicatorDocument('{', compileLinearMatcher)).toThrow('not valid JSON');
  });
});

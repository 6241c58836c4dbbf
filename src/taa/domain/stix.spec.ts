import fc from 'fast-check';
import { IndicatorError } from './indicator-error.js';
import { readIndicatorDocument } from './indicator-document.js';
import { readStixObjects } from './stix-bundle.js';
import { readSimplePattern } from './stix-pattern.js';

const SHA256 = 'a'.repeat(64);

function texts(pattern: string): string[] {
  return readSimplePattern(pattern).map(({ type, value }) => `${type} ${value}`);
}

describe('readSimplePattern', () => {
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
    ["[domain-name:value = 'a.example'] OR [domain-name:value = 'b.example']", ['domain a.example', 'domain b.example']],
    ["[(domain-name:value IN ('a.example', 'b.example', 'a.example'))]", ['domain a.example', 'domain b.example']],
  ])('reads %s', (pattern, expected) => {
    expect(texts(pattern)).toEqual(expected);
  });

  it.each([
    ["[file:name = 'a.exe']", 'file:name is not among the properties that are matched'],
    ["[domain-name:value = 'a.example' AND ipv4-addr:value = '203.0.113.7']", 'AND is not supported here'],
    ["[domain-name:value = 'a.example'] FOLLOWEDBY [domain-name:value = 'b.example']", 'FOLLOWEDBY is not supported here'],
    ["[domain-name:value = 'a.example'] WITHIN 5 SECONDS", 'WITHIN is not supported here'],
    ["[domain-name:value != 'a.example']", 'the operator != is not supported here'],
    ["[domain-name:value NOT = 'a.example']", 'the operator NOT is not supported here'],
    ["[domain-name:value LIKE 'a%']", 'the operator LIKE is not supported here'],
    ["[domain-name:value ISSUBSET 'a.example']", 'the operator ISSUBSET is not supported here'],
    ["[ipv4-addr:value = 'x']", 'not an IP address or block: "x"'],
    ['[ipv4-addr:value = 5]', 'a text in quotes is needed instead of 5'],
    ["[ipv4-addr:value = '203.0.113.7'", 'the end is not supported here'],
    ['[ipv4-addr:value =', 'the pattern ends too early'],
    ['', 'the end is not supported here'],
    ['[a:b = "c"]', 'not a STIX pattern at character 8'],
  ])('refuses %s', (pattern, reason) => {
    expect(() => readSimplePattern(pattern)).toThrow(new IndicatorError(reason));
  });

  it('refuses whatever it is given with a reason of its own, never otherwise', () => {
    const part = fc.constantFrom(
      '[',
      ']',
      '(',
      ')',
      "'x'",
      '=',
      'OR',
      'IN',
      'ipv4-addr:value',
      "file:hashes.'SHA-256'",
      ',',
      ' ',
      '.',
      "'203.0.113.7'",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(part).map((parts) => parts.join(' ')),
        ),
        (pattern) => {
          try {
            expect(readSimplePattern(pattern).length).toBeGreaterThan(0);
          } catch (error) {
            expect(error).toBeInstanceOf(IndicatorError);
          }
        },
      ),
      { numRuns: 500 },
    );
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
    expect(readStixObjects([full]).reports).toEqual([
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

  it('passes over other objects and reports what it cannot use', () => {
    const { reports, unsupported } = readStixObjects([
      { type: 'identity', id: 'identity--1' },
      indicator,
      { ...indicator, id: 'indicator--2', pattern_type: 'yara' },
      { ...indicator, id: 'indicator--3', pattern: 7 },
      { ...indicator, id: 'indicator--4', valid_from: 'yesterday' },
      { ...indicator, id: 'indicator--5', confidence: 101 },
      { ...indicator, id: 5 },
      null,
    ]);
    expect(reports).toMatchObject([{ external_id: 'indicator--1', name: '203.0.113.7', confidence: 0.5 }]);
    expect(unsupported).toEqual([
      { id: 'indicator--2', reason: 'only patterns of type stix are supported' },
      { id: 'indicator--3', reason: 'pattern is missing' },
      { id: 'indicator--4', reason: 'valid_from is not a time' },
      { id: 'indicator--5', reason: 'confidence is not between 0 and 100' },
      { id: 'objects/6', reason: 'id is not that of an indicator' },
      { id: 'objects/7', reason: 'not an object' },
    ]);
  });
});

describe('readIndicatorDocument', () => {
  it('reads a plain list', () => {
    const list = `# addresses\n203.0.113.7\n198.51.100.0/24 # a block\r\n\nbad.example\thigh\nhttp://bad.example/x#frag\n${SHA256}\nbad@example.com\nnot/a thing\n`;
    const { reports, unsupported } = readIndicatorDocument(list);
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
    expect(readIndicatorDocument('{"type":"bundle","objects":[]}')).toEqual({ reports: [], unsupported: [] });
    expect(() => readIndicatorDocument('{"type":"bundle"}')).toThrow('objects is missing');
    expect(() => readIndicatorDocument('{')).toThrow('not valid JSON');
  });
});

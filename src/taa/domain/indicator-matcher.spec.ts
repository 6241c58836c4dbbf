import fc from 'fast-check';
import type { EntityType } from '../../contracts/entity.js';
import type { Indicator, IndicatorType } from './indicator.js';
import { compileLinearMatcher } from '../adapters/linear-text-matcher.js';
import { AllowList } from './allow-list.js';
import { compileIndicators, type MatchGates } from './indicator-image.js';
import { IndicatorMatcher } from './indicator-matcher.js';
import { formatIpBlock, parseIpBlock } from '../../events/ip-block.js';

function indicator(id: string, values: readonly (readonly [IndicatorType, string])[], more: Partial<Indicator> = {}): Indicator {
  return {
    indicator_id: id,
    source: 'api',
    external_id: id,
    name: id,
    values: values.map(([type, value]) => ({ type, value })),
    valid_from: null,
    valid_until: null,
    confidence: 0.5,
    revoked: false,
    created_at: '2026-01-01T00:00:00.000Z',
    updated_at: '2026-01-01T00:00:00.000Z',
    ...more,
  };
}

const SPAN = { from: Date.parse('2026-03-01T00:00:00Z'), to: Date.parse('2026-03-01T00:01:00Z') };

describe('IndicatorMatcher', () => {
  const matcher = new IndicatorMatcher(
    compileIndicators([
      indicator('address', [['ip', '203.0.113.7']], { confidence: 0.3 }),
      indicator('block', [['ip', '203.0.113.0/24']], { confidence: 0.9 }),
      indicator('six', [['ip', '2001:db8:0:0:0:0:0:0/32']]),
      indicator('domain', [['domain', 'bad.example']]),
      indicator('hash', [['file_hash', 'a'.repeat(64)]]),
      indicator('email', [['email', 'bad@example.com']]),
      indicator('several', [
        ['domain', 'worse.example'],
        ['ip', '198.51.100.1'],
      ]),
      indicator('revoked', [['ip', '192.0.2.1']], { revoked: true }),
      indicator('past', [['ip', '192.0.2.2']], { valid_until: '2026-03-01T00:00:00.000Z' }),
      indicator('future', [['ip', '192.0.2.3']], { valid_from: '2026-03-01T00:01:00.001Z' }),
      indicator('just', [['ip', '192.0.2.4']], { valid_from: '2026-03-01T00:01:00.000Z', valid_until: '2026-03-02T00:00:00.000Z' }),
    ]),
  );
  const ids = (type: EntityType, value: string): string[] => matcher.match({ type, value }, SPAN).map(({ indicator_id }) => indicator_id);

  it.each<[EntityType, string, string[]]>([
    ['ip', '203.0.113.7', ['block', 'address']],
    ['ip', '203.0.114.7', []],
    ['ip', '::ffff:203.0.113.9', ['block']],
    ['ip', '2001:db8:1::5', ['six']],
    ['ip', '2001:db9::5', []],
    ['domain', 'bad.example', ['domain']],
    ['domain', 'a.b.bad.example', ['domain']],
    ['domain', 'notbad.example', []],
    ['domain', 'example', []],
    ['file', 'A'.repeat(64), ['hash']],
    ['file', 'C:\\bad.example', []],
    ['user', 'bad@example.com', ['email']],
    ['domain', 'worse.example', ['several']],
    ['ip', '198.51.100.1', ['several']],
    ['ip', '192.0.2.1', []],
    ['ip', '192.0.2.2', []],
    ['ip', '192.0.2.3', []],
    ['ip', '192.0.2.4', ['just']],
    ['ip', 'nonsense', []],
  ])('matches %s %s with %j', (type, value, expected) => {
    expect(ids(type, value)).toEqual(expected);
  });
});

describe('an IndicatorMatcher with gates and patterns', () => {
  const hits = (indicators: Indicator[], entities: { type: EntityType; value: string }[], gates: MatchGates = {}): string[] => {
    const matcher = new IndicatorMatcher(compileIndicators(indicators, gates), compileLinearMatcher);
    const found = [...entities.flatMap((entity) => matcher.match(entity, SPAN)), ...matcher.matchTogether(entities, SPAN)];
    return found.map(({ indicator_id, entity }) => `${indicator_id} ${entity.value}`);
  };

  it('finds files and programs by their name, in any case and directory', () => {
    const named = indicator('named', [['file_name', 'evil.exe']]);
    const entities = [
      { type: 'process', value: 'C:\\Temp\\Evil.EXE' },
      { type: 'file', value: '/tmp/evil.exe' },
      { type: 'file', value: 'notevil.exe' },
    ] as const;
    expect(hits([named], [...entities])).toEqual(['named C:\\Temp\\Evil.EXE', 'named /tmp/evil.exe']);
  });

  it('leaves out what is not sure enough, and what an allow-list covers', () => {
    const some = [indicator('unsure', [['ip', '192.0.2.1']], { confidence: 0.4 }), indicator('sure', [['ip', '192.0.2.1'], ['domain', 'x.good.example']])]; // prettier-ignore
    const entities = [{ type: 'ip' as const, value: '192.0.2.1' }, { type: 'domain' as const, value: 'x.good.example' }]; // prettier-ignore
    const allowLists = [AllowList.of([{ type: 'domain', value: 'good.example' }])];
    expect(hits(some, entities)).toEqual(['sure 192.0.2.1', 'unsure 192.0.2.1', 'sure x.good.example']);
    expect(hits(some, entities, { leastConfidence: 0.5 })).toEqual(['sure 192.0.2.1', 'sure x.good.example']);
    expect(hits(some, entities, { allowLists })).toEqual(['sure 192.0.2.1', 'unsure 192.0.2.1']);
  });

  it('evaluates patterns on all entities together, and carries the marking', () => {
    const pattern = (id: string, text: string, more: Partial<Indicator> = {}): Indicator => indicator(id, [], { pattern: text, ...more });
    const entities = [
      { type: 'process' as const, value: 'C:\\Temp\\Evil.exe' },
      { type: 'ip' as const, value: '203.0.113.7' },
      { type: 'user' as const, value: 'ann@example.com' },
      { type: 'file' as const, value: 'a'.repeat(32) },
    ];
    const found = hits(
      [
        pattern(
          'image',
          "[process:image_ref.name = 'Evil.exe' AND process:image_ref.parent_directory_ref.path MATCHES '(?i)\\\\\\\\temp$']",
        ),
        pattern('mail', "[email-addr:value IN ('ann@example.com', 'bob@example.com') AND email-addr:value LIKE '%example.com']"),
        pattern('hash', `[file:hashes.MD5 = '${'a'.repeat(32)}' AND file:hashes.MD5 != 'b']`),
        pattern('span', "[ipv4-addr:value = '203.0.113.7'] START t'2026-01-01T00:00:00Z' STOP t'2027-01-01T00:00:00Z'"),
        pattern('early', "[ipv4-addr:value = '203.0.113.7'] START t'2025-01-01T00:00:00Z' STOP t'2026-01-01T00:00:00Z'"),
        pattern('case', "[process:name = 'evil.exe' AND process:name != 'x']"),
        pattern('past', "[ipv4-addr:value = '203.0.113.7' AND ipv4-addr:value != 'x']", { valid_until: '2026-01-01T00:00:00.000Z' }),
        pattern('several', "[ipv4-addr:value = '203.0.113.7'] AND [email-addr:value = 'ann@example.com']"),
        pattern('broken', '[x'),
        pattern('error', "[ipv4-addr:value = '203.0.113.7' AND ipv4-addr:value = t'2026-01-01T00:00:00Z']"),
      ],
      entities,
    );
    expect(found.toSorted()).toEqual(['hash ' + 'a'.repeat(32), 'image C:\\Temp\\Evil.exe', 'mail ann@example.com', 'span 203.0.113.7']);
    const marked = new IndicatorMatcher(compileIndicators([indicator('red', [['ip', '192.0.2.1']], { tlp: 'red' })]));
    expect(marked.match({ type: 'ip', value: '192.0.2.1' }, SPAN)).toMatchObject([{ indicator_id: 'red', tlp: 'red', confidence: 0.5 }]);
  });

  it('finds URLs with and without scheme and query', () => {
    const matcher = new IndicatorMatcher(
      compileIndicators([indicator('path', [['url', 'http://bad.example/a']]), indicator('query', [['url', 'http://bad.example/b?c=1']])]),
    );
    const ids = (url: string): number[] => {
      const found = new Set<number>();
      matcher.lookUp('url', url, SPAN, found);
      return [...found];
    };
    expect(
      ['https://BAD.example/a?x=1', 'bad.example/a', 'http://bad.example/b?c=1', 'http://bad.example/b', 'http://bad.example/A', ''].map(
        ids,
      ),
    ).toEqual([[0], [0], [1], [], [], []]);
  });
});

describe('parseIpBlock', () => {
  it('reads back what it writes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), fc.nat(32), (address, bits) => {
        const block = parseIpBlock(`${address}/${bits}`);
        expect(block).toBeDefined();
        expect(parseIpBlock(formatIpBlock(block!))).toEqual(block);
      }),
    );
  });

  it.each(['', '1.2.3', '1.2.3.4/33', '1.2.3.4/', '1.2.3.4/8/8', '::/129', 'x', '1.2.3.4/-1'])('refuses %j', (text) => {
    expect(parseIpBlock(text)).toBeUndefined();
  });
});

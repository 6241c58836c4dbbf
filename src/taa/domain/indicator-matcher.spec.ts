import fc from 'fast-check';
import type { EntityType } from '../../contracts/entity.js';
import type { Indicator, IndicatorType } from './indicator.js';
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
  const matcher = new IndicatorMatcher([
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
  ]);
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

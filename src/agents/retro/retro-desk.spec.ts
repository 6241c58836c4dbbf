import { AllowList } from '../../taa/domain/allow-list.js';
import { compileIndicators } from '../../taa/domain/indicator-image.js';
import type { Indicator } from '../../taa/domain/indicator.js';
import { RetroDesk } from './retro-desk.js';

const AT = Date.parse('2026-03-01T00:00:00Z');
const NOW = '2026-03-02T00:00:00.000Z';

function indicator(id: string, more: Partial<Indicator>): Indicator {
  const nothing = { values: [], valid_from: null, valid_until: null, confidence: 0.5, revoked: false };
  return { indicator_id: id, source: 'feed', external_id: id, name: id, ...nothing, created_at: NOW, updated_at: NOW, ...more };
}

describe('RetroDesk', () => {
  const KNOWN = [
    indicator('block', { values: [{ type: 'ip', value: '192.0.2.0/24' }] }),
    indicator('above', { values: [{ type: 'domain', value: 'good.example' }] }),
    indicator('port', { pattern: "[network-traffic:dst_ref.value = '198.51.100.8' AND network-traffic:dst_port = 53]" }),
  ];
  const SEEN = [
    { dst_ip: '192.0.2.7' },
    { domain: 'www.good.example' },
    { dst_ip: '198.51.100.8', dst_port: 53 },
    { domain: 'mail.good.example' },
  ];

  function hits(allowLists: readonly AllowList[]): unknown {
    const desk = new RetroDesk();
    const image = structuredClone(compileIndicators(KNOWN, { allowLists }));
    desk.answer({ op: 'take', sought: { key: 'k', image } });
    const records = SEEN.map((fields, index) => ({
      event_id: `b.${index}`,
      index,
      received_at: AT,
      source: 'generic' as const,
      raw: JSON.stringify({ timestamp: new Date(AT).toISOString(), ...fields }),
    }));
    const found = desk.answer({ op: 'match', key: 'k', span: { from: AT - 1, to: AT + 1 }, now: NOW, records });
    return found?.hits.map(({ event_id: id }) => id);
  }

  it('finds nothing in what an allow-list covers', () => {
    expect(hits([])).toEqual(['b.0', 'b.1', 'b.2', 'b.3']);
    const values = [{ type: 'ip', value: '192.0.2.7' }, { type: 'ip', value: '198.51.100.8' }, { type: 'domain', value: 'www.good.example' }] as const; // prettier-ignore
    expect(hits([AllowList.of(values)])).toEqual(['b.3']);
  });
});

import type { SeenIndicator } from '../../../contracts/event-indicators.js';
import type { SecurityEvent } from '../../../contracts/security-event.js';
import { toTenantId } from '../../../contracts/tenant.js';
import { IntelDetector } from './intel-detector.js';

const ACME = toTenantId('acme-corp');
const BATCH = { batch_id: 'b', received_at: '2026-03-01T00:01:00.000Z' };

const EVENT: SecurityEvent = {
  index: 3,
  format: 'generic',
  origin: { key: 'acme' },
  time: 0,
  timeAssumed: false,
  field: () => undefined,
  values: () => [],
  normalized: { time: '2026-03-01T00:00:00.000Z', format: 'generic', host: 'ws5' },
  entities: [{ type: 'host', value: 'ws5' }],
};

const SEEN: SeenIndicator = {
  indicator_id: 'i-1',
  name: 'Some\u202e campaign',
  source: 'partner',
  confidence: 0.5,
  kind: 'file_hash',
  value: 'AB',
  tlp: 'amber+strict',
  entity: { type: 'file', value: 'ab' },
};

describe('IntelDetector', () => {
  const detectorOf = (seen: readonly SeenIndicator[]): IntelDetector =>
    new IntelDetector((tenant) =>
      tenant === ACME ? { match: (event, until) => (event === EVENT && until === Date.parse(BATCH.received_at) ? seen : []) } : undefined,
    );

  it('tells of what an event shows, with the indicator in the place of a rule', () => {
    expect(detectorOf([SEEN]).inspect(ACME, [EVENT], BATCH)).toEqual([
      {
        detector: 'intel',
        rule: { id: 'i-1', title: 'Indicator seen: Some campaign', author: 'partner', level: 'medium', license: '' },
        severity: 'medium',
        event_index: 3,
        event_time: '2026-03-01T00:00:00.000Z',
        entities: [
          { type: 'host', value: 'ws5' },
          { type: 'file', value: 'ab' },
        ],
        techniques: [],
        tactics: [],
        reason: 'file hash "AB" on ws5 is an indicator "Some campaign" of partner, confidence 50 %, TLP:AMBER+STRICT',
        indicator_confidence: 0.5,
        indicator_tlp: 'amber+strict',
      },
    ]);
  });

  it('is as severe as the indicator is sure, and names no entity twice', () => {
    const seen = [0.8, 0.79, 0.49].map((confidence) => ({ ...SEEN, confidence, entity: { type: 'host', value: 'ws5' } }) as const);
    const found = detectorOf(seen).inspect(ACME, [EVENT], BATCH);
    expect(found.map(({ severity }) => severity)).toEqual(['high', 'medium', 'low']);
    expect(found.map(({ entities }) => entities.length)).toEqual([1, 1, 1]);
  });

  it('finds nothing in a tenant without indicators', () => {
    expect(detectorOf([SEEN]).inspect(toTenantId('globex'), [EVENT], BATCH)).toEqual([]);
  });
});

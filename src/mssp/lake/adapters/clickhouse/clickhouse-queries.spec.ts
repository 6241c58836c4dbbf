import fc from 'fast-check';
import { toTenantId } from '../../../../contracts/tenant.js';
import { clickHousePlaceOf } from './clickhouse-place.js';
import { countsQuery, findRecordQuery, scanQuery } from './clickhouse-queries.js';

const PLACE = clickHousePlaceOf(toTenantId('acme'));
const FILTER = { from: 0, to: 1, terms: [] };
const HOUR_MS = 3_600_000;

describe('questions to ClickHouse', () => {
  it('have nobody’s values in their text', () => {
    const value = fc.string({ minLength: 1 }).map((text) => `~${text}~`);
    fc.assert(
      fc.property(value, value, value, value, (term, rule, text, batch) => {
        const scan = scanQuery(PLACE, { ...FILTER, terms: [term], rule, text }, { batch_id: batch, index: 7 }, 50);
        const record = findRecordQuery(PLACE, 'alert', text);
        for (const asked of [scan.text, record.text]) expect(asked).not.toContain('~');
        for (const [, name = ''] of scan.text.matchAll(/\{(\w+):/g)) expect(scan.values).toHaveProperty(name);
      }),
    );
  });

  it('ask for no more than is wanted', () => {
    expect(scanQuery(PLACE, FILTER, undefined, 50)).toMatchObject({ values: { from: 0, to: 1, limit: 50 }, rows: 50 });
    expect(scanQuery(PLACE, FILTER, undefined, 50).text).not.toMatch(/terms|rule:|text:|batch:/);
  });

  it('leave out a text that is half of a sign, which a lake cannot find', () => {
    const { text, values } = scanQuery(PLACE, { ...FILTER, text: '\ud83e' }, undefined, 1);
    expect(text).not.toContain('{text');
    expect(values).not.toHaveProperty('text');
  });

  it('are of whole hours, within what the type can hold', () => {
    expect(countsQuery(PLACE, 1, HOUR_MS + 1).values).toEqual({ from: HOUR_MS, to: 2 * HOUR_MS });
    expect(countsQuery(PLACE, -8_640_000_000_000_000, 8_640_000_000_000_000).values).toEqual({
      from: Date.UTC(1900, 0, 1),
      to: Date.UTC(2300, 0, 1) - 1,
    });
  });
});

import { compareSchema } from './found-schema.js';
import { EVENTS } from './lake-tables.js';

const found = EVENTS.columns.map(({ name, type, mode }) => ({ name, type: type === 'INT64' ? 'INTEGER' : type, mode }));
const without = (column: string) => found.filter(({ name }) => name !== column);

describe('a table that is there', () => {
  it('is taken as it was made, with columns of others, and with less required', () => {
    expect(compareSchema(EVENTS, [...found, { name: 'case_id', type: 'STRING' }])).toEqual({ faults: [], missing: [] });
    expect(compareSchema(EVENTS, [...without('raw'), { name: 'raw', type: 'STRING' }])).toEqual({ faults: [], missing: [] });
  });

  it('lacks what may be added', () => {
    expect(compareSchema(EVENTS, without('url'))).toEqual({ faults: [], missing: [{ name: 'url', type: 'STRING', mode: 'NULLABLE' }] });
  });

  it.each([
    [without('raw'), 'the column raw is missing'],
    [[...without('raw'), { name: 'raw', type: 'BYTES', mode: 'REQUIRED' }], 'the column raw is BYTES and not STRING'],
    [[...without('terms'), { name: 'terms', type: 'STRING', mode: 'NULLABLE' }], 'the column terms is NULLABLE and not REPEATED'],
    [[...without('url'), { name: 'url', type: 'STRING', mode: 'REQUIRED' }], 'the column url is REQUIRED and not NULLABLE'],
    [[...found, { name: 'case_id', type: 'STRING', mode: 'REQUIRED' }], 'the column case_id is not ours and REQUIRED'],
  ])('cannot be used: %#', (columns, fault) => {
    expect(compareSchema(EVENTS, columns).faults).toEqual([fault]);
  });
});

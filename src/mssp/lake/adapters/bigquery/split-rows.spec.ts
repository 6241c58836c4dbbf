import fc from 'fast-check';
import { splitRows } from './split-rows.js';

describe('rows in requests', () => {
  it('keep their order and stay within the limits', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 10 }), { maxLength: 40 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 5 }), (lengths, most) => {
        const rows = lengths.map((length, at) => Buffer.alloc(length, at));
        const requests = splitRows(rows, { bytes: 10, rows: most });
        expect(requests.flat()).toEqual(rows);
        for (const request of requests) {
          expect(request.length).toBeLessThanOrEqual(most);
          expect(Buffer.concat(request).length).toBeLessThanOrEqual(10);
        }
      }),
    );
  });

  it('are refused where one alone is too large', () => {
    expect(() => splitRows([Buffer.alloc(1), Buffer.alloc(11)], { bytes: 10, rows: 5 })).toThrow('row 1 has 11 bytes');
  });
});

import fc from 'fast-check';
import { indexAt, missingIndexes, positionOf } from './record-indexes.js';

describe('record indexes', () => {
  it('lead from positions to indexes and back, whatever is missing', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(60), { minLength: 1, maxLength: 40 }), (numbers) => {
        const indexes = [...numbers].sort((a, b) => a - b);
        const text = missingIndexes(indexes.map((index) => ({ index })));
        const missing = text === null ? [] : (JSON.parse(text) as number[]);
        expect(indexes.map((_, position) => indexAt(position, missing))).toEqual(indexes);
        for (let index = 0; index < 70; index += 1) {
          const position = indexes.indexOf(index);
          expect(positionOf(index, missing, indexes.length)).toBe(position === -1 ? undefined : position);
        }
      }),
    );
  });
});

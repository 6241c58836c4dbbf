import fc from 'fast-check';
import { editDistance } from './edit-distance.js';

/** The definition, without a bound. */
function distance(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length;
  const [shortA, shortB] = [a.slice(1), b.slice(1)];
  if (a[0] === b[0]) return distance(shortA, shortB);
  return 1 + Math.min(distance(shortA, b), distance(a, shortB), distance(shortA, shortB));
}

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['CommandLine', 'CommandLine', 0],
    ['CommanLine', 'CommandLine', 1],
    ['CommandLien', 'CommandLine', 2],
    ['Image', 'Imgae', 2],
    ['kitten', 'sitting', 3],
    ['abc', '', 3],
  ])('from %j to %j it is %d', (a, b, expected) => {
    expect([editDistance(a, b, 5), editDistance(b, a, 5)]).toEqual([expected, expected]);
  });

  it('is what its definition says, and one more than asked where it is more', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 });
    fc.assert(
      fc.property(text, text, fc.integer({ min: 0, max: 7 }), (a, b, most) => {
        expect(editDistance(a, b, most)).toBe(Math.min(distance(a, b), most + 1));
      }),
    );
  });
});

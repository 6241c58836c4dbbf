import fc from 'fast-check';
import { foldedText } from './folded-text.js';

const lowerAscii = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
const signs = fc.oneof(
  fc.constantFrom('\u212A', '\u0130', '\u0307', 'Σ', 'ς', 'Ä', 'ß', 'K', 'k', 'i', 'I', ' '),
  fc.string({ unit: 'grapheme', maxLength: 3 }),
);
const texts = fc.array(signs, { maxLength: 8 }).map((parts) => parts.join(''));

describe('foldedText', () => {
  it.each([
    ['Invoke-Mimikatz', ''],
    ['straße 東京', ''],
    ['\u212A9', 'k9'],
    ['İstanbul', 'i\u0307stanbul'],
    ['ÄRGER', 'ärger'],
  ])('of %j is %j', (text, folded) => expect(foldedText(text)).toBe(folded));

  it('finds, beside the text with A to Z lowered, what JavaScript finds, and no less', () => {
    fc.assert(
      fc.property(texts, texts, (text, asked) => {
        const found = lowerAscii(text).includes(asked.toLowerCase()) || foldedText(text).includes(asked.toLowerCase());
        expect(found || !text.toLowerCase().includes(asked.toLowerCase())).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

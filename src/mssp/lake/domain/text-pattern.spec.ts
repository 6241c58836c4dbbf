import fc from 'fast-check';
import { RE2JS } from 're2js';
import { text } from '../../../../test/contract/event-lake-fixtures.js';
import { textPattern } from './text-pattern.js';

const finds = (sought: string, raw: string): boolean => RE2JS.compile(textPattern(sought)).matcher(raw).find();
const holds = (sought: string, raw: string): boolean => raw.toLowerCase().includes(sought.toLowerCase());

describe('the pattern of a text', () => {
  it.each([
    ['k', '\u212A'],
    ['\u212A', 'K'],
    ['i', 'İ'],
    ['İstanbul', 'İSTANBUL'],
    ['i\u0307s', 'İs'],
    ['\u0307', 'İ'],
    ['ΟΔΟΣ', 'οδος'],
    ['οδος', 'ΟΔΟΣ'],
    ['straße', 'STRAẞE'],
    ['å', '\u212B'],
    ['\ud83e', '\u{1F980}'],
    ['\udd80x', '\u{1F980}x'],
    ['(.*)\\[', '(.*)\\['],
    ['a\nb', 'A\nB'],
    ['\0', '\0'],
  ])('of %j matches %j', (sought, raw) => {
    expect([holds(sought, raw), finds(sought, raw)]).toEqual([true, true]);
  });

  it('tells most texts apart', () => {
    expect([finds('alpha', 'beta'), finds('a.c', 'abc'), finds('ж', 'ш')]).toEqual([false, false, false]);
  });

  it('matches whatever holds the text', () => {
    const cased = fc.constantFrom(...'kKiIİıσΣςßẞſsS\u0307\u212A\u212B'.split(''), '\u{10400}', '\u{10428}', '\u{1F980}');
    const any = fc.oneof(
      text(),
      fc.array(cased, { minLength: 1, maxLength: 6 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(any, any, any, (head, sought, tail) => {
        const raw = `${head}${sought.toUpperCase()}${tail}${sought}`.toWellFormed();
        if (sought !== '' && holds(sought, raw)) expect(finds(sought, raw)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('knows the origin of every character in lower case', () => {
    const missed: string[] = [];
    for (let code = 0; code <= 0x10_ffff; code += 1) {
      const raw = String.fromCodePoint(code);
      if (raw.toLowerCase() === raw || raw.toLowerCase() === '') continue;
      if (!finds(raw.toLowerCase(), raw)) missed.push(code.toString(16));
    }
    expect(missed).toEqual([]);
  });
});

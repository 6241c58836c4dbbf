import fc from 'fast-check';
import type { ItemExpression } from './expression.js';
import { KeywordScreen } from './keyword-screen.js';

function keyword(text: string): ItemExpression {
  return { kind: 'item', field: undefined, tests: [{ kind: 'literal', mode: 'contains', text, cased: false }] };
}

describe('a keyword screen', () => {
  it('passes every event that holds a keyword, however its JSON is written', () => {
    const escapes = fc.constantFrom('plain', 'unicode', 'slash');
    const characters = fc.string({ unit: fc.constantFrom(...'aB"\\/u0k\u212a\t ') });
    fc.assert(
      fc.property(characters, fc.stringMatching(/^[ab"\\/u k]{1,6}$/), characters, fc.array(escapes), (before, literal, after, ways) => {
        const value = before + literal.toUpperCase() + after;
        const written = [...value].map((character, i) => {
          if (ways[i] === 'unicode') return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
          return ways[i] === 'slash' && character === '/' ? '\\/' : JSON.stringify(character).slice(1, -1);
        });
        const json = `{"field":"${written.join('')}"}`;
        expect(JSON.parse(json)).toEqual({ field: value });
        expect(KeywordScreen.of([keyword('mimikatz'), keyword(literal)])?.mayHold(json)).toBe(true);
      }),
    );
  });

  it('rules out what holds none', () => {
    const screen = KeywordScreen.of([keyword('mimikatz'), keyword('\\\\pipe\\evil')]);
    expect(screen?.mayHold(String.raw`{"Image":"C:\\users\\kim\\pipe.exe","EventID":1}`)).toBe(false);
  });

  it.each(['4104', '1e9', 'fin', 'b\u00f6se', 'a\nb'])('is not there for "%s", which JSON may write in another way', (text) => {
    expect(KeywordScreen.of([keyword('mimikatz'), keyword(text)])).toBeUndefined();
  });

  it('is not there for tests without a literal', () => {
    expect(KeywordScreen.of([{ kind: 'item', field: undefined, tests: [{ kind: 'present' }] }])).toBeUndefined();
  });
});

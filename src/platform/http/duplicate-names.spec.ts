import fc from 'fast-check';
import { duplicateName } from './duplicate-names.js';

describe('duplicateName', () => {
  it.each([
    ['{"a":1,"a":2}', '/a'],
    ['{"a":{"b":1,"c":2,"b":3}}', '/a/b'],
    ['{"a" : 1 , "\\u0061" : 2}', '/a'],
    ['{"x":[{"a":1},{"a":1,"a":2}]}', '/x/a'],
    ['{"a/b~":1,"a/b~":2}', '/a~1b~0'],
    ['{"__proto__":1,"__proto__":2}', '/__proto__'],
    ['{"":1,"":2}', '/'],
    ['{"a":"a","b":"a"}', undefined],
    ['{"a":{"a":{"a":1}}}', undefined],
    ['[{"a":1},{"a":1}]', undefined],
    ['{"a":"\\",\\"a\\":1","b":"}"}', undefined],
    ['"a"', undefined],
  ])('HOS-02 %s', (text, expected) => {
    expect(duplicateName(text)).toBe(expected);
  });

  it('HOS-02 finds none in what JSON.stringify writes, and one in whatever it writes where an object is given a name again', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), (object, value) => {
        const text = JSON.stringify({ before: value, object });
        expect(duplicateName(text)).toBeUndefined();
        expect(duplicateName(`${text.slice(0, -1)},"object":1}`)).toBe('/object');
      }),
    );
  });
});

import fc from 'fast-check';
import { bodyFaults } from './body-faults.js';

const codes = (json: string): string[] => bodyFaults(JSON.parse(json)).map(({ pointer, code }) => `${pointer} ${code}`);

describe('faults of any body', () => {
  it('takes every JSON value of a sane depth', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!/\\u(?:0000|d[89a-f])|__proto__|constructor|prototype/i.test(text));
        expect(bodyFaults(JSON.parse(text))).toEqual([]);
      }),
    );
  });

  it('names what reaches for prototypes, at any place', () => {
    expect(codes('{"__proto__":{"a":1}}')).toEqual(['/__proto__ unknown_field']);
    expect(codes('{"a":[{"b":{"constructor":{"prototype":{}}}}]}')).toEqual(['/a/0/b/constructor unknown_field']);
  });

  it('names texts and numbers that cannot be kept as they were sent', () => {
    expect(codes('{"a":"\\ud800","b":["x\\u0000"],"c":1e400}')).toEqual(['/c not_a_number', '/b/0 not_text', '/a not_text']);
    expect(codes('{"\\udfff":1}')).toEqual([' not_text']);
  });

  it('names depth without going into it', () => {
    const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
    expect(codes(nested(32))).toEqual([]);
    expect(codes(nested(100_000))).toEqual([`${'/0'.repeat(32)} too_deep`]);
  });

  it('stops counting where there is nothing but faults', () => {
    expect(bodyFaults(Array.from({ length: 100_000 }, () => Number.NaN))).toHaveLength(20);
  });
});

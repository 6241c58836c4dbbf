import fc from 'fast-check';
import { TextColumn } from './text-column.js';
import { urlKeys } from './url-key.js';
import { ValueTable } from './value-table.js';

describe('TextColumn', () => {
  it('gives back what was added, in whatever script', () => {
    const column = new TextColumn();
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 40 })), (texts) => {
        const refs = texts.map((text) => column.add(text));
        expect(refs.map((ref) => column.at(ref))).toEqual(texts.map((text) => text.toWellFormed()));
      }),
    );
    const long = Array.from({ length: 40 }, (_, at) => String(at).repeat(20_000));
    const refs = long.map((text) => column.add(text));
    expect(refs.map((ref) => column.at(ref))).toEqual(long);
    expect(() => column.add('x'.repeat(65_536))).toThrow(RangeError);
  });
});

describe('ValueTable', () => {
  it('finds what a map finds', () => {
    const entry = fc.tuple(fc.nat(2), fc.oneof(fc.string({ maxLength: 3 }), fc.string({ unit: 'grapheme', maxLength: 3 })), fc.nat(1_000));
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 60 }), fc.array(fc.string({ maxLength: 3 }), { maxLength: 10 }), (entries, others) => {
        const table = new ValueTable();
        const model = new Map<string, number[]>();
        for (const [kind, value, owner] of entries) {
          table.add(kind, value, owner);
          model.set(`${kind} ${value}`, [owner, ...(model.get(`${kind} ${value}`) ?? [])]);
        }
        for (const value of [...entries.map(([, each]) => each), ...others]) {
          for (const kind of [0, 1, 2]) {
            for (const prefix of ['', 'ab.', 'ü€.']) {
              const found: number[] = [];
              table.find(kind, prefix + value, (owner) => found.push(owner), prefix.length);
              expect(found).toEqual(model.get(`${kind} ${value}`) ?? []);
            }
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('grows', () => {
    const table = new ValueTable();
    for (let n = 0; n < 20_000; n++) table.add(0, `v${n}`, n);
    const misses: number[] = [];
    for (let n = 0; n < 20_000; n++) {
      const found: number[] = [];
      table.find(0, `v${n}`, (owner) => found.push(owner));
      if (found.length !== 1 || found[0] !== n) misses.push(n);
    }
    expect(misses).toEqual([]);
  });
});

describe('urlKeys', () => {
  it.each<[string, readonly [string, string] | undefined]>([
    ['HTTP://User@Bad.Example:80/A?b=1#c', ['bad.example/A?b=1', 'bad.example/A']],
    ['https://bad.example:8443', ['bad.example:8443/', 'bad.example:8443/']],
    ['bad.example/x', ['bad.example/x', 'bad.example/x']],
    ['http://', undefined],
    ['', undefined],
  ])('of %j', (text, expected) => {
    expect(urlKeys(text)).toEqual(expected);
  });
});

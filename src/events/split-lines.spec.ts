import fc from 'fast-check';
import { countLines, splitLines } from './split-lines.js';

const texts = (body: Buffer): string[] => splitLines(body).map(({ start, end }) => body.toString('utf8', start, end));

describe('splitLines', () => {
  it('passes over blank lines and counts the others from 0', () => {
    const body = Buffer.from('\n{"a":1}\n\n  \t\r\n{"b":2}\n');
    expect(splitLines(body).map(({ index }) => index)).toEqual([0, 1]);
    expect(texts(body)).toEqual(['{"a":1}', '{"b":2}']);
  });

  it('tolerates a byte order mark, carriage returns and a missing last line feed', () => {
    expect(texts(Buffer.from('\uFEFF{"a":"ä"}\r\n{"b":2}'))).toEqual(['{"a":"ä"}', '{"b":2}']);
  });

  it('finds nothing in an empty body', () => {
    expect(splitLines(Buffer.alloc(0))).toEqual([]);
    expect(countLines(Buffer.from('\uFEFF\n\r\n'))).toBe(0);
  });

  it('returns what was joined, and countLines agrees', () => {
    const line = fc.json().map((text) => text.trim());
    const separator = fc.constantFrom('\n', '\r\n', '\n\n', ' \n\t');
    fc.assert(
      fc.property(fc.array(line), separator, (lines, between) => {
        const body = Buffer.from(lines.join(between));
        expect(texts(body)).toEqual(lines);
        expect(countLines(body)).toBe(lines.length);
      }),
    );
  });
});

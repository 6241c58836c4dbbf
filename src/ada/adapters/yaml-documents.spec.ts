import fc from 'fast-check';
import { readYamlDocuments } from './yaml-documents.js';

const read = (text: string): unknown[] =>
  readYamlDocuments(text).map((document) =>
    'reason' in document ? [document.line, document.reason] : [document.lineOf([]), document.value],
  );

describe('readYamlDocuments', () => {
  it.each<[string, string, unknown[]]>([
    ['one', 'a: 1\n', [[1, { a: 1 }]]],
    [
      'several',
      'a: 1\n---\nb: 2\n---\nc: 3',
      [
        [1, { a: 1 }],
        [3, { b: 2 }],
        [5, { c: 3 }],
      ],
    ],
    ['comments and empty ones', '# one\n---\n\n# two\n---\n# three\n\na: 1\n---\n', [[8, { a: 1 }]]],
    [
      'what follows a marker',
      '--- # first\na: 1\n--- {b: 2}\n',
      [
        [2, { a: 1 }],
        [3, { b: 2 }],
      ],
    ],
    [
      'directives and ends',
      '%YAML 1.2\n---\na: 1\n...\n---\nb: 2',
      [
        [3, { a: 1 }],
        [6, { b: 2 }],
      ],
    ],
    [
      'line ends of all kinds',
      'a: 1\r\n---\r\nb: 2\r---\rc: 3',
      [
        [1, { a: 1 }],
        [3, { b: 2 }],
        [5, { c: 3 }],
      ],
    ],
    ['markers within texts', 'a: |\n  ---\n  x\nb: "--- y"\n', [[1, { a: '---\nx\n', b: '--- y' }]]],
  ])('reads %s', (_name, text, documents) => {
    expect(read(text)).toEqual(documents);
  });

  it.each<[string, (string | number)[], number]>([
    ['a member', ['b'], 8],
    ['a member of a list', ['b', 'c', 1], 10],
    ['what is not there', ['b', 'd', 'e'], 8],
    ['the document', [], 7],
  ])('knows the line of %s', (_name, path, line) => {
    const [, document] = readYamlDocuments('a: 1\n---\r\n# two\n%a\n\n---\na: 1\nb:\n  c: [x,\n    y]\n');
    expect(document !== undefined && 'lineOf' in document ? document.lineOf(path) : undefined).toBe(line);
  });

  it('reports what is no YAML by its line, and reads the others', () => {
    const [first, second, third] = read('a: 1\n---\nb: 2\nc: [\n---\nd: 3\n');
    expect([first, third]).toEqual([
      [1, { a: 1 }],
      [6, { d: 3 }],
    ]);
    expect(second).toEqual([expect.any(Number), expect.stringMatching(/^not YAML: /)]);
    expect((second as [number])[0]).toBeGreaterThanOrEqual(3);
    expect((second as [number])[0]).toBeLessThanOrEqual(5);
  });

  it('refuses more than 1,000 documents', () => {
    expect(() => readYamlDocuments('a: 1\n---\n'.repeat(1_001))).toThrow(RangeError);
  });

  it('throws nothing else, whatever a text holds', () => {
    const piece = fc.constantFrom(
      'a: ',
      '1',
      '\n',
      '---',
      '---\n',
      '...\n',
      '- ',
      '[',
      ']',
      '{',
      '}',
      '|',
      '>',
      '&x ',
      '*x',
      '"',
      "'",
      '%',
      '# ',
      '\t',
      '  ',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        for (const document of readYamlDocuments(pieces.join(''))) {
          expect('reason' in document ? document.line : document.lineOf(['x', 0])).toBeGreaterThan(0);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

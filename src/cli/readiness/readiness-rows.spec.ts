import { faultsOfRow, hasAnyTest, readRows } from './readiness-rows.js';

const ROW = { id: 'R14', what: 'keys', state: 'done', files: ['a.spec.ts'] };
const faults = (text: string | undefined, row: Partial<typeof ROW> = {}): readonly string[] => faultsOfRow({ ...ROW, ...row }, () => text);

describe('rows of the readiness document', () => {
  it('R67 reads id, state and files', () => {
    const document =
      '| id | what | state | proof |\n|---|---|---|---|\n| R14 | API keys | done | `a.spec.ts` `b/c.spec.ts` |\n| TEN-02 | all | open |  |\n';
    expect(readRows(document)).toEqual([
      { id: 'R14', what: 'API keys', state: 'done', files: ['a.spec.ts', 'b/c.spec.ts'] },
      { id: 'TEN-02', what: 'all', state: 'open', files: [] },
    ]);
  });

  it.each(["it('R14 hashes')", 'describe("R13, R14", () => {', "])('R14 %s', (x) => {", 'it(`trap.R14-x`)'])(
    'R67 takes %s as a test of it',
    (text) => {
      expect(faults(text)).toEqual([]);
    },
  );

  it.each([
    ['which does not exist', undefined],
    ['which has no test of that id', '// R14 is not tested'],
    ['which has no test of that id', "it.skip('R14 hashes')"],
    ['which has no test of that id', "it('R141 hashes')"],
    ['which has no test of that id', "it('XR-R14x')"],
  ])('R67 a done row points at a file, %s: %s', (reason, text) => {
    expect(faults(text)).toEqual([`R14 points at a.spec.ts, ${reason}`]);
  });

  it('R67 knows three states, and wants a proof for two of them', () => {
    expect(faults('', { files: [] })).toEqual(['R14 is done and names no test']);
    expect(faults('', { state: 'finished' })).toEqual(['R14: the state is done, partly or open, not "finished"']);
    expect(faults('', { state: 'open' })).toEqual(['R14 is open and names a proof']);
    expect(hasAnyTest("  it('works', () => {")).toBe(true);
    expect(hasAnyTest("  it.skip('works', () => {")).toBe(false);
  });
});

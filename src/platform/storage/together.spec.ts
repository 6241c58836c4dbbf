import { Together } from './together.js';

describe('what is done together', () => {
  const groups: string[][] = [];
  const gates: (() => void)[] = [];
  let bad = '';
  let together: Together<string, string>;
  beforeEach(() => {
    groups.length = 0;
    gates.length = 0;
    bad = '';
    together = new Together(async (key, items) => {
      groups.push([key, ...items]);
      await new Promise<void>((open) => gates.push(open));
      if (items.includes(bad)) throw new Error(`not ${bad}`);
    });
  });

  /** Lets everything that is under way end, and what follows from it. */
  async function settle(): Promise<void> {
    for (let turn = 0; turn < 20; turn += 1) {
      for (const open of gates.splice(0)) open();
      await new Promise((done) => setImmediate(done));
    }
  }

  it('is what came for the same key while something was under way', async () => {
    const all = Promise.all([together.do('a', '1'), together.do('a', '2'), together.do('b', '3'), together.do('a', '4')]);
    expect(groups).toEqual([
      ['a', '1'],
      ['b', '3'],
    ]);
    await settle();
    await all;
    expect(groups).toEqual([
      ['a', '1'],
      ['b', '3'],
      ['a', '2', '4'],
    ]);
    const again = together.do('a', '5');
    await settle();
    await again;
    expect(groups.at(-1)).toEqual(['a', '5']);
  });

  it('is done one by one where it failed, so that only what is bad fails', async () => {
    bad = '3';
    const results = Promise.allSettled(['1', '2', '3', '4'].map((item) => together.do('a', item)));
    await settle();
    expect((await results).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(groups).toEqual([
      ['a', '1'],
      ['a', '2', '3', '4'],
      ['a', '2'],
      ['a', '3'],
      ['a', '4'],
    ]);
  });

  it('is no more than a hundred at once', async () => {
    const all = Promise.all(Array.from({ length: 251 }, (_, n) => together.do('a', String(n))));
    await settle();
    await all;
    expect(groups.map(({ length }) => length - 1)).toEqual([1, 100, 100, 50]);
  });
});

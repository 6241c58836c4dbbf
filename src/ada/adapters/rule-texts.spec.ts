import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gatherDetection, UnreadableRules } from './gather-detection.js';
import { readDetection } from './load-detection.js';
import { readTexts, RuleTextCollector } from './rule-texts.js';

const ruleOf = (id: string): string => `title: Ünïcode ${id}
id: ${id}
logsource: { product: shop }
detection: { selection: { action: ${id} }, condition: selection }
`;

describe('gathered rule files', () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'gatra-texts-'))));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('are given back as they were found, in their order, with what was refused', async () => {
    const collector = new RuleTextCollector();
    collector.read('one', Buffer.from('first ö'));
    collector.refuse('two', 'too large');
    collector.read('three', Buffer.from(''));
    collector.read('four', Buffer.from('last'));
    const taken: string[] = [];
    await readTexts(collector.texts(), {
      count: () => undefined,
      refuse: (path, reason) => void taken.push(`${path}! ${reason}`),
      read: (path, content) => void taken.push(`${path}: ${content.toString('utf8')}`),
    });
    expect(taken).toEqual(['one: first ö', 'two! too large', 'three: ', 'four: last']);
  });

  it('are bounded in number and size, as those that are read at once', () => {
    const large = new RuleTextCollector();
    large.count(200 * 1024 * 1024);
    expect(() => large.count(57 * 1024 * 1024)).toThrow('larger than 268435456 bytes');
    const many = new RuleTextCollector();
    for (let file = 0; file < 50_000; file += 1) many.read('x', Buffer.alloc(0));
    expect(() => many.read('x', Buffer.alloc(0))).toThrow('more than 50000 rule files');
  });

  it('are what they were, however the files change, and tell apart what is written in another way', async () => {
    writeFileSync(join(folder, 'rules.yml'), `${ruleOf('one')}---\n${ruleOf('two')}`);
    const before = await gatherDetection({ rules: [folder], filters: null });
    writeFileSync(join(folder, 'rules.yml'), `${ruleOf('one')}---\n${ruleOf('two')}# other words\n`);
    const [then, now] = [await readDetection(before), await readDetection(await gatherDetection({ rules: [folder], filters: null }))];
    const again = await readDetection(before);
    expect(then.rules.map(({ title }) => title)).toEqual(['Ünïcode one', 'Ünïcode two']);
    expect(again.digests).toEqual(then.digests);
    expect([now.digests.get('one'), now.digests.get('two')]).toEqual([
      then.digests.get('one'),
      expect.not.stringContaining(then.digests.get('two') ?? ''),
    ]);
  });

  it('name the path that cannot be read', async () => {
    const missing = join(folder, 'missing');
    const half = join(folder, 'half.tgz');
    writeFileSync(half, 'half');
    for (const files of [
      { rules: [missing], filters: null },
      { rules: [], filters: missing },
      { rules: [half], filters: null },
    ]) {
      const path = files.filters ?? files.rules[0] ?? '';
      const refused = await gatherDetection(files).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(UnreadableRules);
      expect(String(refused)).toContain(`${path} cannot be read: `);
    }
  });
});

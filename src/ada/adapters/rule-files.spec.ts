import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import type { LoadedRules } from '../domain/rule-source.js';
import { PlaceholderLists } from '../domain/sigma/placeholder-lists.js';
import { RuleFiles, type RuleFilesOptions } from './rule-files.js';

const rule = (id: string, item = 'a: x'): string =>
  `title: Rule ${id}\nid: ${id}\nlogsource:\n  product: acme\ndetection:\n  s:\n    ${item}\n  condition: s\nlevel: low\n`;

describe('RuleFiles', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rules-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const write = async (name: string, content: string | Buffer): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  };
  const load = async (path = folder, options?: RuleFilesOptions): Promise<LoadedRules> => await new RuleFiles([path], options).load();
  const reasons = ({ unsupported }: LoadedRules): string[] => unsupported.map(({ reason }) => reason);

  it('reads directories to the bottom, in order, and several documents in a file', async () => {
    await mkdir(join(folder, 'deep', 'er'), { recursive: true });
    await write('deep/er/b.yaml', rule('b'));
    await write('c.yml', `${rule('c')}---\n${rule('d')}`);
    await write('a.txt', 'not a rule');
    await symlink(folder, join(folder, 'loop'));
    const { rules, unsupported } = await load();
    expect([rules.map(({ id }) => id), unsupported]).toEqual([['c', 'd', 'b'], []]);
  });

  it('reads archives', async () => {
    const archive = pack();
    archive.entry({ name: 'rules/a.yml' }, rule('a'));
    archive.entry({ name: 'rules/README.md' }, 'read me');
    archive.entry({ name: 'rules/b.yml' }, 'title: [');
    archive.finalize();
    const chunks: Buffer[] = [];
    for await (const chunk of archive as AsyncIterable<Buffer>) chunks.push(chunk);
    const path = await write('rules.tar.gz', gzipSync(Buffer.concat(chunks)));
    const { rules, unsupported } = await load(path);
    expect(rules.map(({ id }) => id)).toEqual(['a']);
    expect(unsupported).toEqual([{ path: `${path}/rules/b.yml`, line: 1, reason: expect.stringMatching(/^not YAML: /) as string }]);
  });

  it('reports one bad rule with path, id and reason, and loads the others', async () => {
    const path = await write('rules.yml', `${rule('a')}---\n${rule('b', 'a|bogus: x')}---\n${rule('c')}`);
    const { rules, unsupported } = await load();
    expect(rules.map(({ id }) => id)).toEqual(['a', 'c']);
    expect(unsupported).toEqual([{ path, line: 17, id: 'b', title: 'Rule b', reason: 's: a|bogus: unknown modifier "bogus"' }]);
  });

  it.each([
    ['a value of a list', 's: { "a|cidr": [\n    10.0.0.0/8,\n    10.0.0.0/99] }', 8],
    ['a member of a list of maps', 's:\n    - a: x\n    - "b|re": (', 8],
    ['a keyword', 's:\n    - a\n    - [[[[[[[[[[b]]]]]]]]]]', 8],
    ['a condition of a list', 's: { a: x }\n  condition:\n    - s\n    - t', 9],
    ['what is missing', '{}', 5],
  ])('names the line of %s', async (_name, search, line) => {
    const condition = search.includes('condition') ? '' : '\n  condition: s';
    await write('a.yml', `title: A\nid: a\nlogsource:\n  product: acme\ndetection:\n  ${search}${search === '{}' ? '' : condition}\n`);
    expect((await load()).unsupported.map((one) => one.line)).toEqual([line]);
  });

  it.each([
    ['a member of a correlation', '  typo: 1', 'correlation: "typo"', 9],
    ['the rules of a correlation', '  rules: [a, a]', 'rules names "a" twice', 9],
    ['a threshold', '  rules: [a]\n  condition:\n    gte: 1\n    lt: no', 'lt is not a number', 12],
    ['a field to count by', '  rules: [a]\n  condition: { gte: 1,\n    field: x }', 'field does not go', 11],
    ['an alias', '  rules: [a]\n  condition: { gte: 1 }\n  aliases:\n    x:\n      a: ""', 'the field of "a"', 13],
    ['an alias that is none of the rules', '  rules: [a]\n  condition: { gte: 1 }\n  aliases:\n    x:\n      b: y', 'not among', 13],
    ['a rule that is not there', '  rules:\n    - a\n    - d\n  condition: { gte: 1 }', '"d" is neither', 11],
    ['itself among its rules', '  rules:\n    - a\n    - c\n  condition: { gte: 1 }', 'in a circle', 11],
    ['a header', '  rules: [a]\n  condition: { gte: 1 }\nlevel: x', 'level is not one of', 11],
    ['generate', '  rules: [a]\n  condition: { gte: 1 }\n  generate: x', 'generate is neither', 11],
    ['generate beside it', '  rules: [a]\n  condition: { gte: 1 }\ngenerate: x', 'generate is neither', 11],
  ])('names the line of %s in a correlation', async (_name, section, reason, line) => {
    await write('0.yml', `${rule('a')}---\n${rule('b')}`);
    await write('1.yml', `# one\n---\n# two\ntitle: C\nid: c\ncorrelation:\n  type: event_count\n  timespan: 1m\n${section}\n`);
    expect((await load()).unsupported).toMatchObject([{ line, id: 'c', reason: expect.stringContaining(reason) as string }]);
  });

  it.each([
    ['a search', '  rules: [a]\n  s: { x: 1,\n    "y|bogus": 1 }\n  condition: s', 'unknown modifier', 8],
    ['a rule that is not there', '  rules:\n    - a\n    - c\n  s: { x: 1 }\n  condition: s', '"c" is neither', 8],
    ['a rule that is no text', '  rules:\n    - a\n    - 7\n  s: { x: 1 }\n  condition: s', 'an entry is not text', 8],
    ['rules that are missing', '  s: { x: 1 }\n  condition: s', 'rules is missing', 5],
    ['the log source', '  rules: [b]\n  s: { x: 1 }\n  condition: s', 'logsource is not that of', 3],
    ['a condition', '  rules: any\n  s: { x: 1 }\n  condition: t', '"t"', 8],
  ])('names the line of %s in a filter', async (_name, section, reason, line) => {
    await write('0.yml', `${rule('a')}---\n${rule('b').replace('acme', 'other')}`);
    await write('1.yml', `title: F\nid: f\nlogsource:\n  product: acme\nfilter:\n${section}\n`);
    expect((await load()).unsupported).toMatchObject([{ line, id: 'f', reason: expect.stringContaining(reason) as string }]);
  });

  it('reports what is no correlation, filter or YAML by its line, what belongs to Sigma 1, and a second rule with one id', async () => {
    const documents = [
      'title: C\ncorrelation:\n  type: event_count\n',
      'title: F\nfilter:\n  rules: any\n',
      'title: x\nid: [\n',
      'action: global\ntitle: G\n',
      rule('a'),
      rule('a'),
    ];
    await write('a.yml', documents.join('---\n'));
    const loaded = await load();
    expect(loaded.rules.map(({ id }) => id)).toEqual(['a']);
    expect(loaded.unsupported.map(({ line, reason }) => [line, reason])).toEqual([
      [2, 'rules is missing: it names the rules that are correlated'],
      [5, 'logsource is missing'],
      [10, expect.stringMatching(/^not YAML: /)],
      [12, 'rule collections with "action" belong to Sigma 1 and are not supported'],
      [26, `a rule with this id was read before, from ${join(folder, 'a.yml')}`],
    ]);
  });

  it('links correlations and filters with rules of other files, and reports those that refer to nothing', async () => {
    const correlation = (id: string, of: string): string =>
      `title: Many ${id}\nid: ${id}\ncorrelation:\n  type: event_count\n  rules: ${of}\n  timespan: 1m\n  condition:\n    gte: 2\n`;
    const filter = (id: string, of: string): string =>
      `title: Not ${id}\nid: ${id}\nlogsource:\n  product: acme\nfilter:\n  rules: ${of}\n  s:\n    a: y\n  condition: s\n`;
    await write('1.yml', `${correlation('k', '[a]')}---\n${correlation('l', '[nobody]')}---\n${filter('m', '[nobody]')}`);
    await write('2.yml', `${filter('f', '[a]')}---\n${rule('a')}---\n${rule('b')}`);
    const { rules, correlations, filters, quiet, unsupported } = await load();
    expect([rules.map(({ id }) => id), [...quiet]]).toEqual([['a', 'b'], ['a']]);
    expect(correlations.map(({ rule: { id }, inputs }) => [id, inputs.map(({ ruleId }) => ruleId)])).toEqual([['k', ['a']]]);
    expect(filters.map(({ rule: { id }, targets }) => [id, [...targets]])).toEqual([['f', ['a']]]);
    const reason = 'rules: "nobody" is neither the id nor the name of a rule that is loaded';
    expect(unsupported.map(({ line, id, reason: why }) => [line, id, why])).toEqual([
      [14, 'l', reason],
      [24, 'm', reason],
    ]);
  });

  it('refuses a file of more than 1,000 documents', async () => {
    await write('many.yml', 'a: 1\n---\n'.repeat(1_001));
    expect(reasons(await load())).toEqual(['more than 1000 documents in a file']);
  });

  it('reads a rule with placeholders only where they have values', async () => {
    await write('a.yml', rule('a', "a|expand: '%Admins%'"));
    expect(reasons(await load())).toEqual(['s: a|expand: placeholder %Admins% has no values']);
    const { rules } = await load(folder, { placeholders: new PlaceholderLists(new Map([['Admins', ['root']]])) });
    expect(rules.map(({ id }) => id)).toEqual(['a']);
  });

  it('refuses files that are too large and YAML that repeats itself beyond measure', async () => {
    await write('large.yml', `${rule('a')}# ${'x'.repeat(1024 * 1024)}`);
    const bomb = [
      'a: &a [x, x]',
      ...Array.from(
        { length: 8 },
        (_, i) => `${'bcdefghi'.charAt(i)}: &${'bcdefghi'.charAt(i)} [${`*${'abcdefgh'.charAt(i)}, `.repeat(9)}]`,
      ),
    ];
    await write('bomb.yml', bomb.join('\n'));
    const found = reasons(await load());
    expect(found).toHaveLength(2);
    expect(found[0]).toMatch(/^not YAML: .*alias/i);
    expect(found[1]).toMatch(/larger than 1048576 bytes/);
  });

  it('fails where there is nothing to read', async () => {
    await expect(load(join(folder, 'nothing'))).rejects.toThrow(/ENOENT/);
    await expect(load(await write('cut.tar.gz', gzipSync('no archive').subarray(0, 12)))).rejects.toThrow(/./);
  });
});

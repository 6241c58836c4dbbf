import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import type { LoadedRules } from '../domain/rule-source.js';
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

  it('reports correlation and filter documents, and a second rule with the same id', async () => {
    await write(
      'a.yml',
      `title: C\ncorrelation:\n  type: event_count\n---\ntitle: F\nfilter:\n  rules: any\n---\n${rule('a')}---\n${rule('a')}`,
    );
    expect(reasons(await load())).toEqual([
      'correlation rules are not supported',
      'filter rules are not supported',
      `a rule with this id was read before, from ${join(folder, 'a.yml')}`,
    ]);
  });

  it('reads a rule with placeholders only where they have values', async () => {
    await write('a.yml', rule('a', "a|expand: '%Admins%'"));
    expect(reasons(await load())).toEqual(['s: a|expand: placeholder %Admins% has no values']);
    const { rules } = await load(folder, { placeholders: new Map([['Admins', ['root']]]) });
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

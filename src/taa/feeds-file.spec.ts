import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EnvironmentError } from '../platform/config/variable-reader.js';
import { type ConfiguredFeed, readFeedsFile } from './feeds-file.js';

describe('readFeedsFile', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'gatra-feeds-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  function read(content: unknown): readonly ConfiguredFeed[] {
    const file = join(directory, 'feeds.json');
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    return readFeedsFile(file);
  }

  it('reads every kind', () => {
    const feeds = [
      {
        name: 'partner',
        kind: 'taxii',
        url: 'https://taxii.example/api1/',
        collections: ['one'],
        auth: { username: 'us', password_secret: 'INTEL_PARTNER' },
        tlp: { everyone: 'green', recipients: ['acme-corp'] },
      },
      { name: 'misp', kind: 'misp', url: 'https://misp.example/feed', auth: { token_secret: 'INTEL_MISP', scheme: 'none' } },
      { name: 'list', kind: 'list', path: '/etc/gatra/list.txt' },
      { name: 'csv', kind: 'csv', url: 'https://csv.example/x.csv', delimiter: ';', type: 'ip', columns: { value: 'ioc', name: 2 } },
    ];
    expect(read({ feeds })).toEqual(feeds);
    expect(readFeedsFile(null)).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['no JSON', '{'],
    ['a name twice', { feeds: [1, 2].map(() => ({ name: 'a', kind: 'list', path: 'x' })) }],
    ['an unknown kind', { feeds: [{ name: 'a', kind: 'ftp', url: 'https://x.example/' }] }],
    ['a list in two places', { feeds: [{ name: 'a', kind: 'list', path: 'x', url: 'https://x.example/' }] }],
    ['a credential in the URL', { feeds: [{ name: 'a', kind: 'misp', url: 'https://u:p@x.example/' }] }],
    [
      'a secret that is not one of intelligence',
      { feeds: [{ name: 'a', kind: 'misp', url: 'https://x.example/', auth: { token_secret: 'JWT_SECRET' } }] },
    ],
    ['a CSV without columns', { feeds: [{ name: 'a', kind: 'csv', path: 'x' }] }],
    ['a marking that is none', { feeds: [{ name: 'a', kind: 'list', path: 'x', tlp: { everyone: 'white' } }] }],
    ['a recipient that can be no tenant', { feeds: [{ name: 'a', kind: 'list', path: 'x', tlp: { recipients: ['Acme'] } }] }],
    ['another field', { feeds: [{ name: 'a', kind: 'list', path: 'x', more: 1 }] }],
  ])('refuses %s', (_name, content) => {
    expect(() => read(content)).toThrow(EnvironmentError);
  });
});

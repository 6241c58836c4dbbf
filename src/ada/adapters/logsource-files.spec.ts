import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readLogsources } from './logsource-files.js';

describe('the taxonomy of log sources', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'logsources-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const write = async (name: string, content: unknown): Promise<void> =>
    await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));

  it('says what the names of a product mean, and nothing of those that it does not have', () => {
    const taxonomy = readLogsources();
    const sysmon = 'microsoft-windows-sysmon/operational';
    expect(taxonomy.meaningOf({ product: 'windows', category: 'process_creation' })).toEqual({
      categories: [
        { product: 'windows', channels: [sysmon], event_ids: [1] },
        { product: 'windows', channels: ['security'], event_ids: [4688] },
      ],
      services: [],
    });
    expect(taxonomy.meaningOf({ category: 'process_creation' })).toEqual({ categories: [], services: [] });
    expect(taxonomy.meaningOf({ category: 'antivirus' }).categories).toHaveLength(1);
    expect(taxonomy.meaningOf({ product: 'linux', service: 'security' })).toEqual({ categories: [], services: [] });
    expect(taxonomy.meaningOf({ service: 'sysmon' }).services).toEqual([{ product: 'windows', channels: [sysmon] }]);
    expect(taxonomy.meaningOf({ product: 'windows', category: 'constructor' })).toEqual({ categories: [], services: [] });
  });

  it('takes another directory', async () => {
    await write('acme.json', { product: 'acme', description: 'Acme', services: { all: [{ services: ['a', 'b'] }] } });
    expect(readLogsources(folder).meaningOf({ product: 'acme', service: 'all' }).services).toEqual([
      { product: 'acme', services: ['a', 'b'] },
    ]);
  });

  it('names every fault by file and place', async () => {
    await write('a.json', { product: 'acme', description: 'Acme', services: { all: [{ event_ids: [-1] }] } });
    await write('b.json', { product: 'ACME' });
    expect(() => readLogsources(folder)).toThrow(/a\.json \/services\/all\/0\/event_ids\/0[^]*b\.json \/ [^]*b\.json \/product/);
    await write('a.json', '{');
    expect(() => readLogsources(folder)).toThrow(/a\.json is not JSON/);
    await write('a.json', ' '.repeat(2 ** 20 + 1));
    expect(() => readLogsources(folder)).toThrow(/a\.json is larger than 1048576 bytes/);
  });

  it('takes one file for a product, and fails where there is no directory', async () => {
    for (const name of ['a.json', 'b.json']) await write(name, { product: 'acme', description: 'Acme' });
    expect(() => readLogsources(folder)).toThrow(/b\.json \/product acme has another file/);
    expect(() => readLogsources(join(folder, 'none'))).toThrow(/cannot be read: ENOENT/);
  });
});

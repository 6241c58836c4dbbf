import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toTenantId } from '../../contracts/tenant.js';
import { NO_PLACEHOLDERS, type ReadPlaceholders, readPlaceholderFile } from './placeholder-file.js';

const ACME = toTenantId('acme-corp');

describe('readPlaceholderFile', () => {
  let path: string;
  beforeEach(async () => (path = join(await mkdtemp(join(tmpdir(), 'gatra-placeholders-')), 'lists.yml')));
  afterEach(() => rm(join(path, '..'), { recursive: true }));

  const read = async (text: string): Promise<ReadPlaceholders> => {
    await writeFile(path, text);
    return readPlaceholderFile(path);
  };
  const reasons = ({ unsupported }: ReadPlaceholders): unknown[] => unsupported.map(({ line, reason }) => [line, reason]);

  it('reads lists of everybody and of tenants, which go before', async () => {
    const { lists, unsupported, tenantFaults } = await read(
      'Admins: [root, adm*, root, 7]\nnets: [10.0.0.0/8]\ntenants:\n  acme-corp:\n    Admins: [ada]\n',
    );
    expect([unsupported, tenantFaults.size]).toEqual([[], 0]);
    expect([...lists.common]).toEqual([
      ['Admins', ['root', 'adm*', '7']],
      ['nets', ['10.0.0.0/8']],
    ]);
    expect([...lists.of(ACME)]).toEqual([
      ['Admins', ['ada']],
      ['nets', ['10.0.0.0/8']],
    ]);
    expect(lists.of(toTenantId('globex'))).toBe(lists.common);
  });

  it('reads JSON as well, and an empty file', async () => {
    const { lists } = await read(JSON.stringify({ Admins: ['root'], tenants: { 'acme-corp': { Admins: ['ada'] } } }, undefined, 2));
    expect([lists.common.get('Admins'), lists.of(ACME).get('Admins')]).toEqual([['root'], ['ada']]);
    expect(await read('# nothing\n')).toBe(NO_PLACEHOLDERS);
  });

  it('names what is wrong by its line and leaves the other lists', async () => {
    const found = await read(`Admins: [root]
"a name": [x]
none: []
text: root
deep:
  - x
  - { y: z }
long: ['${'x'.repeat(1_025)}']
__proto__: [x]
tenants:
  Acme: { Admins: [x] }
  acme-corp:
    Admins: [ada, '']
    nets: [10.0.0.0/8]
  globex: [x]
`);
    expect(reasons(found)).toEqual([
      [2, 'placeholder %a name%: a name has letters, digits, "_", "." and "-", 100 at most'],
      [3, 'placeholder %none%: the list is empty'],
      [4, 'placeholder %text%: not a list of values'],
      [5, 'placeholder %deep%: value 2 is neither text nor a number'],
      [8, 'placeholder %long%: value 1 is longer than 1024 characters'],
      [11, 'tenants: "Acme" is no id of a tenant'],
    ]);
    const { lists, tenantFaults } = found;
    expect([...tenantFaults].map(([tenant, faults]) => [tenant, faults.map(({ line, reason }) => [line, reason])])).toEqual([
      ['acme-corp', [[13, 'placeholder %Admins%: value 2 is empty']]],
      ['globex', [[15, 'not a mapping of names to lists']]],
    ]);
    expect([...lists.common.keys()]).toEqual(['Admins', '__proto__']);
    expect([lists.of(ACME).get('Admins'), lists.of(ACME).get('nets')]).toEqual([['root'], ['10.0.0.0/8']]);
  });

  it('reports what is no mapping, not YAML, or a second document', async () => {
    expect(reasons(await read('- a\n'))).toEqual([[1, 'not a mapping of names to lists']]);
    expect(reasons(await read('a: [x\nb: ]\n'))).toEqual([[expect.any(Number), expect.stringMatching(/^not YAML/)]]);
    expect(reasons(await read('a: [x]\n---\nb: [y]\n'))).toEqual([[1, 'only the first document of the file is read']]);
    expect(reasons(await read('tenants: [x]\n'))).toEqual([[1, 'tenants: not a mapping of tenants to their lists']]);
  });

  it('bounds the values of a list and of all, the faults that it tells, and the file', async () => {
    const listOf = (count: number): string => `[${Array.from({ length: count }, (_, at) => at).join()}]`;
    expect(reasons(await read(`a: ${listOf(10_001)}\nb: [x]\n`))).toEqual([[1, 'placeholder %a%: more than 10000 values']]);
    const ten = Array.from({ length: 10 }, (_, at) => `a${at}: ${listOf(10_000)}\n`).join('');
    expect(reasons(await read(`${ten}b: [x]\n`))).toEqual([[11, 'placeholder %b%: more than 100000 values in all lists']]);
    expect((await read(Array.from({ length: 200 }, (_, at) => `a${at}: []\n`).join(''))).unsupported).toHaveLength(100);
    await expect(read('#'.repeat(4 * 1024 * 1024 + 1))).rejects.toThrow('larger than');
    await expect(readPlaceholderFile(join(path, 'nothing'))).rejects.toThrow();
  });
});

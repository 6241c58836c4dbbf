import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toTenantId } from '../../contracts/tenant.js';
import { EnvironmentError } from '../../platform/config/variable-reader.js';
import { readAllowLists } from '../adapters/allow-list-files.js';
import { AllowList } from './allow-list.js';
import { type IndicatorType, type IndicatorValue } from './indicator.js';
import { anyValue } from './indicator-value.js';

describe('AllowList', () => {
  const list = AllowList.of(
    ['10.0.0.0/8', '192.0.2.7', '2001:db8::/32', 'good.example', 'https://files.example/a', 'ops@corp.example'].map(anyValue),
  );

  it.each<[IndicatorType, string, boolean]>([
    ['ip', '10.1.2.3', true],
    ['ip', '10.1.0.0/16', true],
    ['ip', '8.0.0.0/7', false],
    ['ip', '192.0.2.7', true],
    ['ip', '192.0.2.0/24', false],
    ['ip', '2001:db8:0:0:0:0:0:1', true],
    ['domain', 'good.example', true],
    ['domain', 'a.b.good.example', true],
    ['domain', 'notgood.example', false],
    ['domain', 'example', false],
    ['url', 'https://files.example/a', true],
    ['url', 'https://good.example/evil', false],
    ['url', 'https://files.example/a?b', false],
    ['email', 'ops@corp.example', true],
    ['ip', '::ffff:10.1.2.3', true],
    ['domain', 'WWW.Good.example.', true],
    ['url', 'files.example/a', true],
    ['email', 'Ops@Corp.example', true],
    ['file_name', 'good.example', false],
  ])('covers %s %s: %s', (type, value, expected) => {
    expect(list.covers({ type, value })).toBe(expected);
    expect(new AllowList(structuredClone(list.image)).covers({ type, value })).toBe(expected);
  });
});

describe('readAllowLists', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'gatra-allow-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  function file(name: string, text: string): string {
    const path = join(directory, name);
    writeFileSync(path, text);
    return path;
  }

  it('keeps what is for one tenant from the others', () => {
    const lists = readAllowLists([file('all.txt', 'all.example # everybody\n'), `acme-corp=${file('acme.txt', 'acme.example')}`]);
    const covers = (tenant: string, value: string): boolean =>
      lists.of(toTenantId(tenant)).some((list) => list.covers({ type: 'domain', value } satisfies IndicatorValue));
    expect([covers('acme-corp', 'all.example'), covers('acme-corp', 'acme.example')]).toEqual([true, true]);
    expect([covers('globex', 'all.example'), covers('globex', 'acme.example')]).toEqual([true, false]);
  });

  it('says which file cannot be read and what in it is no value', () => {
    expect(() => readAllowLists([join(directory, 'gone.txt')])).toThrow(EnvironmentError);
    expect(() => readAllowLists([file('bad.txt', 'fine.example\nnot/a value\n')])).toThrow('"not/a"');
  });
});

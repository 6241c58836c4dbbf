import { bareUser } from './account-name.js';
import { entitiesOf } from './entities.js';
import { ipVersion, isNotableAddress, plainAddress } from './ip-address.js';

describe('entitiesOf', () => {
  it('brings what several sources write to one form, each once', () => {
    expect(
      entitiesOf({
        host: 'WS5.corp.example',
        other_hosts: ['ws5', '\\\\FS01'],
        user: 'CORP\\Alice',
        other_users: ['alice@corp.example', 'NT AUTHORITY\\SYSTEM'],
        src_ip: '::ffff:10.0.0.5',
        dst_ip: '127.0.0.1',
        process: 'C:\\Windows\\cmd.exe',
        domain: 'Evil.Example.',
        cloud_account: '123456789012',
      }),
    ).toEqual([
      { type: 'host', value: 'ws5' },
      { type: 'host', value: 'fs01' },
      { type: 'user', value: 'alice' },
      { type: 'ip', value: '10.0.0.5' },
      { type: 'process', value: 'C:\\Windows\\cmd.exe' },
      { type: 'domain', value: 'evil.example' },
      { type: 'cloud_account', value: '123456789012' },
    ]);
  });

  it('leaves out addresses in place of names, and programs without a path', () => {
    expect(entitiesOf({ host: '10.0.0.1', domain: '10.0.0.1', process: 'sshd', file: '' })).toEqual([]);
  });
});

describe('bareUser', () => {
  it.each([
    ['CORP\\alice', 'alice'],
    ['alice@corp.example', 'alice'],
    ['arn:aws:iam::123456789012:user/ops/Bob', 'bob'],
    ['NT AUTHORITY\\LOCAL SERVICE', undefined],
    ['ANONYMOUS LOGON', undefined],
    ['CORP\\WS5$', undefined],
    ['Window Manager\\DWM-1', undefined],
    ['-', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s → %s', (name, expected) => {
    expect(bareUser(name)).toBe(expected);
  });
});

describe('ip addresses', () => {
  it.each([
    ['10.0.0.1', 4],
    ['255.255.255.255', 4],
    ['256.0.0.1', 0],
    ['1.2.3', 0],
    ['1.2.3.4.', 0],
    ['01.2.3.4', 0],
    ['::', 6],
    ['2001:db8::1', 6],
    ['::ffff:1.2.3.4', 6],
    ['1:2:3:4:5:6:7:8', 6],
    ['1:2:3:4:5:6:7:8:9', 0],
    ['1::2::3', 0],
    ['g::1', 0],
    ['host', 0],
  ])('%s is of version %s', (text, version) => {
    expect(ipVersion(text)).toBe(version);
  });

  it('tells addresses of particular hosts', () => {
    for (const address of ['10.0.0.1', '8.8.8.8', '2001:db8::1', '::ffff:10.0.0.1']) expect(isNotableAddress(address)).toBe(true);
    for (const address of [
      '0.0.0.0',
      '127.0.0.1',
      '169.254.1.1',
      '224.0.0.1',
      '255.255.255.255',
      '::',
      '::1',
      '0:0:0:0:0:0:0:1',
      'fe80::1',
      'ff02::1',
      '::ffff:127.0.0.1',
      'x',
    ]) {
      expect(isNotableAddress(address)).toBe(false);
    }
    expect(plainAddress('::FFFF:10.0.0.1')).toBe('10.0.0.1');
  });
});

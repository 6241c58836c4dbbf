import fc from 'fast-check';
import { blockableAddress } from './blockable-address.js';
import { checkTarget } from './check-target.js';
import { isCriticalTarget } from './critical-target.js';

const accepted = (
  kind: Parameters<typeof checkTarget>[0],
  type: 'ip' | 'domain' | 'host' | 'user' | 'file',
  value: string,
): string | undefined => {
  const checked = checkTarget(kind, { type, value });
  return 'target' in checked ? checked.target.value : undefined;
};

describe('targets', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['192.0.2.1', '192.0.2.1'],
    ['8.8.8.8', '8.8.8.8'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['::FFFF:cb00:7109', '203.0.113.9'],
  ])('the outside may be blocked, in one form: %s', (text, canonical) => {
    expect(accepted('block_ip', 'ip', text)).toBe(canonical);
  });

  it.each([
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '127.0.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:10.0.0.1',
    '::ffff:a00:1',
    '::10.0.0.1',
    'fe80::1',
    'fc00::1',
    'fdff::1',
    'ff02::1',
    '64:ff9b::a00:1',
    '2002:a00:1::',
    '010.0.0.1',
    '0x0a000001',
    '167772161',
    '10.1',
    'fe80::1%eth0',
    '203.0.113.9/32',
    '203.0.113.9\n10.0.0.1',
    ' 203.0.113.9',
    '',
  ])('the inside, and what is no address, is never blocked: %j', (text) => {
    expect(accepted('block_ip', 'ip', text)).toBeUndefined();
  });

  it('whatever is accepted is canonical, and a range holds all of its addresses', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const once = blockableAddress(text);
        if ('refusal' in once) return;
        expect(blockableAddress(once.address)).toEqual(once);
      }),
    );
    fc.assert(
      fc.property(fc.nat(2 ** 24 - 1), (rest) => {
        const address = `10.${rest >> 16}.${(rest >> 8) & 255}.${rest & 255}`;
        expect(blockableAddress(address)).toEqual({ refusal: 'is a private address' });
        expect(blockableAddress(`::ffff:${address}`)).toEqual({ refusal: 'is a private address' });
      }),
    );
  });

  it('a domain is blocked in lower case, and never a whole top level or a name of the inner network', () => {
    expect(accepted('block_domain', 'domain', 'Files.Evil.Example.')).toBe('files.evil.example');
    expect(accepted('block_domain', 'domain', 'xn--bcher-kva.example')).toBe('xn--bcher-kva.example');
    for (const bad of [
      'com',
      'printer.local',
      'dc01.corp',
      '10.0.0.1',
      'a..b',
      '-a.example',
      'a.example\nb.example',
      '*.example',
      'büro.example',
    ])
      expect(accepted('block_domain', 'domain', bad)).toBeUndefined();
  });

  it('accounts of the system itself are left alone', () => {
    for (const user of ['SYSTEM', 'NT AUTHORITY\\LOCAL SERVICE', 'fin-ws-07$', 'CORP\\DC01$', 'root', 'krbtgt', 'DWM-1', '-'])
      expect(accepted('disable_user', 'user', user)).toBeUndefined();
    expect(accepted('disable_user', 'user', 'CORP\\Jo')).toBe('corp\\jo');
  });

  it('a kind takes its own types of target only, and names without control characters', () => {
    expect(accepted('block_ip', 'host', 'fin-ws-07')).toBeUndefined();
    expect(accepted('isolate_host', 'ip', '203.0.113.9')).toBeUndefined();
    expect(accepted('quarantine_file', 'file', 'C:\\Users\\jo\\a.exe')).toBe('C:\\Users\\jo\\a.exe');
    for (const bad of ['a\u0000b', 'a\nb', '   ', 'x'.repeat(513)]) expect(accepted('quarantine_file', 'file', bad)).toBeUndefined();
  });

  it('something critical is known by its host part, its account part, and the domain above it', () => {
    const critical = ['dc01', 'administrator', 'www.acme.example'];
    const isCritical = (type: 'host' | 'user' | 'domain' | 'ip', value: string): boolean => isCriticalTarget({ type, value }, critical);
    expect(isCritical('host', 'DC01.corp.acme.example')).toBe(true);
    expect(isCritical('host', 'dc011')).toBe(false);
    expect(isCritical('user', 'CORP\\Administrator')).toBe(true);
    expect(isCritical('user', 'administrator@acme.example')).toBe(true);
    expect(isCritical('user', 'administrator2')).toBe(false);
    expect(isCritical('domain', 'acme.example')).toBe(true);
    expect(isCritical('domain', 'me.example')).toBe(false);
  });
});

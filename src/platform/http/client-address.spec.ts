import fc from 'fast-check';
import { clientAddress, isForwardedSecure, readBlocks } from './client-address.js';

const PROXIES = readBlocks(['10.0.0.0/8', '2001:db8:5::/48']);

describe('clientAddress', () => {
  it.each([
    ['nobody is trusted', '198.51.100.7', '203.0.113.1', [], '198.51.100.7'],
    ['the peer is not trusted', '198.51.100.7', '203.0.113.1', PROXIES, '198.51.100.7'],
    ['a trusted proxy, one hop', '10.1.2.3', '203.0.113.1', PROXIES, '203.0.113.1'],
    ['what the client wrote stands left', '10.1.2.3', '1.1.1.1, 203.0.113.1', PROXIES, '203.0.113.1'],
    ['a chain of trusted proxies', '10.1.2.3', '1.1.1.1, 203.0.113.1, 10.9.9.9, 2001:db8:5::7', PROXIES, '203.0.113.1'],
    ['a forged trusted address at the left', '10.1.2.3', '10.66.66.66, 203.0.113.1', PROXIES, '203.0.113.1'],
    ['every hop trusted', '10.1.2.3', '10.0.0.9, 10.0.0.8', PROXIES, '10.0.0.9'],
    ['no header', '10.1.2.3', undefined, PROXIES, '10.1.2.3'],
    ['no address in it', '10.1.2.3', '203.0.113.1, unknown', PROXIES, '10.1.2.3'],
    ['an empty hop', '10.1.2.3', '203.0.113.1,', PROXIES, '10.1.2.3'],
    ['injected text', '10.1.2.3', '203.0.113.1"}\n', PROXIES, '10.1.2.3'],
    ['with ports', '10.1.2.3', '203.0.113.1:51234', PROXIES, '203.0.113.1'],
    ['IPv6 with a port', '10.1.2.3', '[2001:db8::1]:443', PROXIES, '2001:db8::1'],
    ['IPv4 in IPv6', '::ffff:10.1.2.3', '::ffff:cb00:7101', PROXIES, '203.0.113.1'],
    ['a zone', 'fe80::1%eth0', '203.0.113.1', PROXIES, 'fe80::1'],
    ['a connection that has gone', undefined, '203.0.113.1', PROXIES, ''],
  ])('AUTH-08 %s', (_case, socketAddress, forwardedFor, trusted, expected) => {
    expect(clientAddress({ socketAddress, forwardedFor }, trusted)).toBe(expected);
  });

  it('AUTH-08 nothing that an untrusted peer writes changes its address', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (forwardedFor) => {
        expect(clientAddress({ socketAddress: '198.51.100.7', forwardedFor }, PROXIES)).toBe('198.51.100.7');
      }),
    );
  });

  it('AUTH-08 nothing that a client writes gets past what its proxy adds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (written) => {
        expect(clientAddress({ socketAddress: '10.1.2.3', forwardedFor: `${written}, 203.0.113.1` }, PROXIES)).toBe('203.0.113.1');
      }),
    );
  });
});

describe('isForwardedSecure', () => {
  it.each([
    ['198.51.100.7', 'https', false],
    ['10.1.2.3', 'https', true],
    ['10.1.2.3', 'https, http', false],
    ['10.1.2.3', 'http, HTTPS', true],
    ['10.1.2.3', undefined, false],
  ])('AUTH-08 from %s saying %s', (socketAddress, forwardedProto, expected) => {
    expect(isForwardedSecure({ socketAddress, forwardedProto }, PROXIES)).toBe(expected);
  });
});

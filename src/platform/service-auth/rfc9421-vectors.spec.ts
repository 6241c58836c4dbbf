import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { readHead } from './domain/message-head.js';
import { readMessageSignature } from './domain/message-signature.js';
import { signatureBase } from './domain/signature-base.js';
import { macOf } from './gatra-profile.js';
import { contentDigest } from './message-signature-profile.js';

const SHARED_SECRET = 'uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==';
const ED25519_PUBLIC = 'MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=';
const ED25519_PRIVATE = 'MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF';
const HEADERS = {
  Host: 'example.com',
  Date: 'Tue, 20 Apr 2021 02:07:55 GMT',
  'Content-Type': 'application/json',
  'Content-Digest': 'sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:',
  'Content-Length': '18',
};

/** The test request of RFC 9421 Appendix B.2, with a signature. */
function headWith(input: string, signature: string): ReturnType<typeof readHead> {
  const headers = { ...HEADERS, 'Signature-Input': input, Signature: signature };
  const rawHeaders = Object.entries(headers).flat();
  return readHead({ method: 'POST', target: '/foo?param=Value&Pet=dog', rawHeaders, isEncrypted: true });
}

describe('RFC 9421 Appendix B.2', () => {
  it('SIG-03 B.2.5, a request signed with hmac-sha256, byte for byte', () => {
    const head = headWith(
      'sig-b25=("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
      'sig-b25=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:',
    );
    const { components, parameters, signature } = readMessageSignature(head);
    const base = signatureBase(head, components, parameters);
    expect(base).toBe(
      [
        '"date": Tue, 20 Apr 2021 02:07:55 GMT',
        '"@authority": example.com',
        '"content-type": application/json',
        '"@signature-params": ("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
      ].join('\n'),
    );
    expect(macOf(Buffer.from(SHARED_SECRET, 'base64'), base)).toEqual(signature);
  });

  it('SIG-03 B.2.6, a request signed with ed25519, byte for byte', () => {
    const head = headWith(
      'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"',
      'sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:',
    );
    const { components, parameters, signature } = readMessageSignature(head);
    const base = Buffer.from(signatureBase(head, components, parameters));
    const publicKey = createPublicKey({ key: Buffer.from(ED25519_PUBLIC, 'base64'), format: 'der', type: 'spki' });
    const privateKey = createPrivateKey({ key: Buffer.from(ED25519_PRIVATE, 'base64'), format: 'der', type: 'pkcs8' });
    expect(verify(null, base, publicKey, signature)).toBe(true);
    expect(sign(null, base, privateKey)).toEqual(signature);
  });

  it('SIG-03 RFC 9530 §B.1, the digest of a body', () => {
    expect(contentDigest(Buffer.from('{"hello": "world"}'))).toBe('sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:');
  });
});

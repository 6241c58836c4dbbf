import fc from 'fast-check';
import { parseIpBlock } from '../../../events/ip-block.js';
import { ipv6BlockHash, readIpv6Words } from './ipv6-words.js';

const WIDTH = 128;

describe('IPv6 addresses as words', () => {
  const words = new Uint32Array(4);
  const numberOf = (text: string): bigint | undefined =>
    readIpv6Words(text, words) ? words.reduce((number, word) => (number << 32n) | BigInt(word), 0n) : undefined;

  it('are those that parseIpBlock reads, where they are written in groups', () => {
    const odd = fc.string({ unit: fc.constantFrom(':', ':', '::', '0', '1', 'f', 'AB', 'g', '.', '/', '12345', ' '), maxLength: 18 });
    const groups = fc.array(fc.stringMatching(/^[0-9a-fA-F]{1,4}$/), { minLength: 7, maxLength: 9 }).map((all) => all.join(':'));
    fc.assert(
      fc.property(fc.oneof(fc.ipV6(), odd, groups), (text) => {
        const known = text.includes('.') || text.includes('/') ? undefined : parseIpBlock(text);
        expect(numberOf(text)).toBe(known?.version === 6 ? known.first : undefined);
      }),
      { numRuns: 5_000 },
    );
  });

  it('hash as one where they are in one block, and nearly always apart where not', () => {
    const word = fc.integer({ min: 0, max: 0xffff_ffff });
    const address = fc.tuple(word, word, word, word).map((all) => Uint32Array.from(all));
    fc.assert(
      fc.property(address, address, fc.nat(WIDTH), (one, other, bits) => {
        const mixed = one.map((each, number) => {
          const kept = Math.min(32, Math.max(0, bits - number * 32));
          const mask = kept === 0 ? 0 : (0xffff_ffff << (32 - kept)) >>> 0;
          return ((each & mask) | ((other[number] ?? 0) & ~mask)) >>> 0;
        });
        expect(ipv6BlockHash(mixed, bits)).toBe(ipv6BlockHash(one, bits));
      }),
    );
    const hashes = Array.from({ length: 10_000 }, (_, n) => ipv6BlockHash(Uint32Array.of(0x2001_0db8, 0, n >>> 8, n & 255), WIDTH));
    expect(new Set(hashes).size).toBeGreaterThan(9_990);
  });
});

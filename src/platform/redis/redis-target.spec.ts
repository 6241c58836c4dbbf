import fc from 'fast-check';
import { clusterSlot } from './cluster-slot.js';
import { parseRedisUrl, UnfitRedisUrl } from './redis-target.js';

const NOBODY = { username: undefined, password: undefined };
const SERVER = { kind: 'server', master: '', database: 0, ...NOBODY, tls: null, sentinel: NOBODY };

describe('R63 the URL of Redis', () => {
  it.each([
    ['redis://cache', { nodes: [{ host: 'cache', port: 6379 }] }],
    ['redis://cache:7000/', { nodes: [{ host: 'cache', port: 7000 }] }],
    ['rediss://[2001:db8::1]:7000/3', { nodes: [{ host: '2001:db8::1', port: 7000 }], database: 3, tls: { ca: undefined } }],
    ['redis://:p%40%2Fss@cache', { nodes: [{ host: 'cache', port: 6379 }], password: 'p@/ss' }],
    ['redis://app:a:b@c@cache', { nodes: [{ host: 'cache', port: 6379 }], username: 'app', password: 'a:b@c' }],
    [
      'redis+sentinel://app:pw@a:1,b,[::1]:2/gatra-main/4',
      {
        kind: 'sentinel',
        nodes: [{ host: 'a', port: 1 }, { host: 'b', port: 26379 }, { host: '::1', port: 2 }], // prettier-ignore
        master: 'gatra-main',
        database: 4,
        username: 'app',
        password: 'pw',
      },
    ],
    ['rediss+cluster://a,b:7001/', { kind: 'cluster', nodes: [{ host: 'a', port: 6379 }, { host: 'b', port: 7001 }], tls: { ca: undefined } }], // prettier-ignore
  ])('reads %s', (text, expected) => {
    expect(parseRedisUrl(text)).toEqual({ ...SERVER, ...expected });
    expect(parseRedisUrl(` ${text}\n`)).toEqual({ ...SERVER, ...expected });
  });

  it.each([
    ['redis://', /names no host/],
    ['redis+sentinel:///gatra', /names no host/],
    ['http://h7Gq', /is not a URL of these forms/],
    ['redis+raft://h7Gq', /is not a URL of these forms/],
    ['redis://h7Gq?family=6', /is not a URL of these forms/],
    ['redis://h7Gq,b', /names several hosts/],
    ['redis://h7Gq:0', /place 1 /],
    ['redis+cluster://a,h7Gq:65536', /place 2 /],
    ['redis+cluster://a,,b', /place 2 /],
    ['redis://2001:db8::1', /place 1 .* brackets/],
    ['redis+sentinel://h7Gq:26379', /lacks the master's name/],
    ['redis+sentinel://h7Gq/', /lacks the master's name/],
    ['redis+sentinel://h7Gq/ma%20ster', /master's name that is not/],
    ['redis+sentinel://h7Gq/gatra/x', /number of a database/],
    ['redis://h7Gq/99999999', /number of a database/],
    ['redis://h7Gq/1/2', /number of a database/],
    ['redis+cluster://h7Gq/1', /a cluster has one only/],
    ['redis://h7Gq@cache', /a user without a password/],
    ['redis://a:h7Gq%zz@cache', /not percent-encoded/],
    [`redis+cluster://${Array.from({ length: 65 }, () => 'a').join()}`, /more than 64 hosts/],
    [`redis://h7Gq${'a'.repeat(5_000)}`, /longer than 4096/],
  ])('refuses %s, and says of it nothing but why', (text, reason) => {
    expect(() => parseRedisUrl(text)).toThrow(reason);
    expect(() => parseRedisUrl(text)).not.toThrow(/h7Gq/);
  });

  it('answers every text with a target or with UnfitRedisUrl', () => {
    const piece = fc.constantFrom(
      'redis',
      'rediss',
      '+sentinel',
      '+cluster',
      '://',
      ':',
      '@',
      '/',
      ',',
      '[',
      ']',
      '%',
      'a',
      '1',
      '\0',
      '\n',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece, { maxLength: 40 }).map((parts) => parts.join('')),
        ),
        (text) => {
          try {
            expect(parseRedisUrl(text).nodes.length).toBeGreaterThan(0);
          } catch (error) {
            expect(error).toBeInstanceOf(UnfitRedisUrl);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('the slot of a key', () => {
  it.each([
    ['123456789', 12_739],
    ['{user1000}.following', 3_443],
    ['foo{}{bar}', 8_363],
    ['foo{{bar}}zap', 4_015],
    ['foo{bar}{zap}', 5_061],
  ])('of %s is %d, as the specification has it', (key, slot) => expect(clusterSlot(key)).toBe(slot));
});

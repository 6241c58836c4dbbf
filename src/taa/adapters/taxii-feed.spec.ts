import { TaxiiServer } from '../../../test/support/taxii-server.js';
import { policiesWith } from '../../../test/support/outbound-policies.js';
import { OutboundHttp } from '../../platform/outbound/outbound-http.js';
import type { ThreatIntelFeed } from '../domain/threat-intel-feed.js';
import { compileLinearMatcher } from './linear-text-matcher.js';
import { makeFeeds } from './make-feeds.js';
import { FeedRequests } from './feed-requests.js';
import { TaxiiFeed } from './taxii-feed.js';
import type { FeedCredential } from '../feeds-file.js';

const NEVER = new AbortController().signal;
const QUICK = { RETRY_INTEL_MAX_ATTEMPTS: '1', CIRCUIT_BREAKER_INTEL_FAILURE_THRESHOLD: '100' };

function indicator(n: number, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const pattern = `[ipv4-addr:value = '203.0.113.${n}']`;
  return {
    type: 'indicator',
    spec_version: '2.1',
    id: `indicator--${n}`,
    modified: '2026-01-01T00:00:00.000Z',
    pattern,
    pattern_type: 'stix',
    ...more,
  };
}

describe('TaxiiFeed', () => {
  let server: TaxiiServer;
  beforeEach(async () => {
    server = await TaxiiServer.start();
    server.addCollection('one');
    server.addCollection('two', { alias: 'second' });
    server.addCollection('closed', { canRead: false });
  });
  afterEach(() => server.close());

  function feed(collections: readonly string[] = [], auth?: FeedCredential): ThreatIntelFeed {
    const secrets: Record<string, string> = { INTEL_PASSWORD: 's€crt', INTEL_TOKEN: 'abc\n' };
    const find = async (name: string): Promise<never> =>
      (secrets[name] === undefined ? undefined : { versions: [{ state: 'enabled', bytes: Buffer.from(secrets[name]) }] }) as never;
    const configured = { name: 'partner', kind: 'taxii', url: server.root, collections, ...(auth && { auth }) } as const;
    return makeFeeds([], [configured], { outbound: new OutboundHttp([]), policies: policiesWith(QUICK), secrets: { find } })[0]!;
  }

  async function read(from: ThreatIntelFeed, known: string | null = null): Promise<{ values: string[]; version: string | null }> {
    const content = await from.read(known, NEVER);
    const { reports } = from.reader(content!.text, compileLinearMatcher);
    return { values: reports.flatMap(({ values }) => values.map(({ value }) => value.split('.')[3]!)), version: content!.version };
  }

  it('reads all pages of all collections that it may read', async () => {
    server.add('one', indicator(1), { type: 'malware', id: 'malware--1' }, indicator(2), indicator(3), indicator(4), indicator(5));
    server.add('two', indicator(6));
    expect((await read(feed())).values).toEqual(['1', '2', '3', '4', '5', '6']);
    expect(server.asked.map(({ url }) => url.split('?')[0])).toEqual([
      '/api1/collections/',
      ...Array.from({ length: 3 }, () => '/api1/collections/one/objects/'),
      '/api1/collections/two/objects/',
    ]);
  });

  it('reads the collections that are named, by id or alias', async () => {
    server.add('one', indicator(1));
    server.add('two', indicator(2));
    expect((await read(feed(['second']))).values).toEqual(['2']);
    await expect(feed(['third']).read(null, NEVER)).rejects.toThrow('there is no collection third that may be read');
    await expect(feed(['closed']).read(null, NEVER)).rejects.toThrow('there is no collection closed that may be read');
  });

  it('asks only for what was added since, and keeps what it had; a newer version takes the place of an older', async () => {
    server.add('one', indicator(1), indicator(2), indicator(3));
    const partner = feed(['one']);
    const first = await read(partner);
    server.asked.length = 0;
    server.add('one', indicator(4), indicator(2, { modified: '2026-01-02T00:00:00.000Z', pattern: "[ipv4-addr:value = '203.0.113.9']" }));
    server.add('one', indicator(1, { modified: '2025-01-02T00:00:00.000Z', pattern: "[ipv4-addr:value = '203.0.113.8']" }));
    const second = await read(partner, first.version);
    expect(second.values).toEqual(['1', '9', '3', '4']);
    expect(
      server.asked.filter(({ url }) => url.includes('objects')).every(({ url }) => url.includes('added_after=2026-01-01T00%3A00%3A02')),
    ).toBe(true);
  });

  it('leaves what it knew when a page fails half way, and then asks for that again', async () => {
    server.add('one', indicator(1));
    const partner = feed(['one']);
    const { version } = await read(partner);
    server.add('one', indicator(2), indicator(3), indicator(4));
    server.fault = (request, response) => {
      if (!request.url?.includes('next=')) return false;
      response.writeHead(500).end();
      return true;
    };
    await expect(partner.read(version, NEVER)).rejects.toThrow('the server answered 500');
    server.fault = () => false;
    expect((await read(partner, version)).values).toEqual(['1', '2', '3', '4']);
  });

  it.each<[string, FeedCredential, string]>([
    [
      'a user name and password',
      { username: 'gatra', password_secret: 'INTEL_TOKEN' },
      `Basic ${Buffer.from('gatra:abc').toString('base64')}`,
    ],
    ['a token', { token_secret: 'INTEL_TOKEN' }, 'Bearer abc'],
    ['a token by itself', { token_secret: 'INTEL_TOKEN', scheme: 'none' }, 'abc'],
  ])('signs in with %s from the secrets', async (_name, auth, expected) => {
    server.credential = expected;
    server.add('one', indicator(1));
    expect((await read(feed([], auth))).values).toEqual(['1']);
    await expect(feed().read(null, NEVER)).rejects.toThrow('the server answered 401');
  });

  it.each<[string, FeedCredential, string]>([
    ['is missing', { token_secret: 'INTEL_GONE' }, 'the secret INTEL_GONE is missing'],
    ['cannot be sent', { token_secret: 'INTEL_PASSWORD' }, 'the secret INTEL_PASSWORD cannot be sent in a header'],
  ])('says that a secret %s, and asks nothing', async (_name, auth, reason) => {
    await expect(feed([], auth).read(null, NEVER)).rejects.toThrow(reason);
    expect(server.asked).toEqual([]);
  });

  it.each<[string, string, Record<string, unknown> | string, string]>([
    ['another media type', 'application/json', {}, 'not of TAXII 2.1'],
    ['another version', 'application/taxii+json;version=2.0', {}, 'not of TAXII 2.1'],
    ['no JSON', 'application/taxii+json;version=2.1', 'x', 'not JSON'],
    ['a list', 'application/taxii+json', '[]', 'no object'],
    ['a page behind it and no way there', 'application/taxii+json;version=2.1', { more: true, objects: [] }, 'does not say where'],
    ['itself behind it', 'application/taxii+json; version=2.1', { more: true, next: 'p', objects: [] }, 'followed by itself'],
  ])('refuses a page that has %s', async (_name, type, body, reason) => {
    server.fault = (request, response) => {
      if (!request.url?.includes('objects')) return false;
      response.setHeader('Content-Type', type).end(typeof body === 'string' ? body : JSON.stringify(body));
      return true;
    };
    await expect(feed(['one']).read(null, NEVER)).rejects.toThrow(reason);
  });

  it('refuses pages that together are too large', async () => {
    server.add('one', ...Array.from({ length: 8 }, (_, n) => indicator(n)));
    const requests = new FeedRequests('partner', new OutboundHttp([]), policiesWith(QUICK));
    const partner = new TaxiiFeed('partner', new URL(server.root), requests, ['one'], 1_000);
    await expect(partner.read(null, NEVER)).rejects.toThrow('the answers together are larger than 1000 bytes');
  });

  it('the server asks for its media type', async () => {
    const answer = await fetch(`${server.root}collections/`, { headers: { accept: 'application/json' } });
    expect(answer.status).toBe(406);
  });
});

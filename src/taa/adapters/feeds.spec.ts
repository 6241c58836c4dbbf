import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OutboundHttp } from '../../platform/outbound/outbound-http.js';
import { eventually } from '../../../test/support/eventually.js';
import { policiesWith } from '../../../test/support/outbound-policies.js';
import type { OutboundPolicies } from '../../platform/resilience/outbound-policies.js';
import { IndicatorError } from '../domain/indicator-error.js';
import { FeedRequests } from './feed-requests.js';
import { HttpFeed } from './http-feed.js';
import { compileLinearMatcher } from './linear-text-matcher.js';
import { type FeedParts, makeFeeds } from './make-feeds.js';

const OUTBOUND = new OutboundHttp([]);
const NEVER = new AbortController().signal;
const QUICK = { RETRY_INTEL_BASE_DELAY: '0.001' };

describe('HttpFeed', () => {
  let server: Server;
  let answer: RequestListener;
  let requests: { headers: Record<string, unknown> }[];
  let base: string;
  let policies: OutboundPolicies;

  beforeAll(async () => {
    server = createServer((request, response) => {
      requests.push({ headers: request.headers });
      answer(request, response);
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    requests = [];
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });

  const feed = (settings: Readonly<Record<string, string>> = {}, address = `${base}/list.txt`, mostBytes?: number): HttpFeed => {
    policies = policiesWith({ ...QUICK, ...settings });
    return new HttpFeed('list', new URL(address), new FeedRequests('list', OUTBOUND, policies, undefined, mostBytes));
  };

  it('reads a feed, and not again what has not changed', async () => {
    answer = (request, response) => {
      if (request.headers['if-none-match'] === '"1"') response.writeHead(304).end();
      else response.setHeader('ETag', '"1"').end('203.0.113.7\n');
    };
    const list = feed();
    expect(await list.read(null, NEVER)).toEqual({ text: '203.0.113.7\n', version: '"1"' });
    expect(await list.read('"1"', NEVER)).toBeUndefined();
    expect(requests).toHaveLength(2);
  });

  it('tries again, and gives up after three attempts', async () => {
    answer = (_request, response) => void (requests.length < 3 ? response.writeHead(503).end() : response.end('ok'));
    expect(await feed().read(null, NEVER)).toEqual({ text: 'ok', version: null });
    requests = [];
    answer = (_request, response) => void response.writeHead(500).end('secret inner text');
    await expect(feed().read(null, NEVER)).rejects.toThrow('the server answered 500');
    expect(requests).toHaveLength(3);
  });

  it('R40 opens the circuit after five failures, tells so, and closes it again', async () => {
    answer = (_request, response) => void response.writeHead(500).end();
    const list = feed({ CIRCUIT_BREAKER_INTEL_RECOVERY_TIMEOUT: '1' });
    const state = (): string | undefined => policies.find('intel list')?.state;
    await expect(list.read(null, NEVER)).rejects.toThrow('500');
    await expect(list.read(null, NEVER)).rejects.toThrow('500');
    expect(state()).toBe('open');
    const before = requests.length;
    await expect(list.read(null, NEVER)).rejects.toThrow();
    expect(requests.length).toBe(before);
    answer = (_request, response) => void response.end('ok');
    await eventually(async () => {
      expect(await list.read(null, NEVER)).toEqual({ text: 'ok', version: null });
      expect(state()).toBe('closed');
    });
  });

  it('refuses what is too large, without reading on', async () => {
    answer = (_request, response) => {
      response.on('error', () => {});
      for (let i = 0; i < 64; i++) response.write('x'.repeat(1_024));
      response.end();
    };
    await expect(feed({}, undefined, 4_096).read(null, NEVER)).rejects.toThrow('larger than 4096 bytes');
  });

  it('does not wait for a server that says nothing', async () => {
    answer = () => {};
    await expect(feed({ RETRY_INTEL_MAX_ATTEMPTS: '1', OUTBOUND_INTEL_ATTEMPT_TIMEOUT: '0.05' }).read(null, NEVER)).rejects.toThrow();
  });

  it('sends the credential of its URL in the header only', async () => {
    answer = (_request, response) => void response.end('ok');
    await feed({}, base.replace('http://', 'http://reader:s%40crt@')).read(null, NEVER);
    const sent = requests.map(({ headers }) => headers['authorization']);
    expect(sent).toContain(`Basic ${Buffer.from('reader:s@crt').toString('base64')}`);
  });
});

describe('makeFeeds', () => {
  const parts = (): FeedParts => ({ outbound: OUTBOUND, policies: policiesWith(), secrets: { find: async () => undefined } });
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'gatra-feed-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('names feeds apart and without credentials', () => {
    const places = ['/a/iocs.txt', '/b/iocs.txt', 'https://user:secret@intel.example/feed?key=secret'];
    expect(makeFeeds(places, [], parts()).map(({ name }) => name)).toEqual([
      'file:iocs.txt',
      'file:iocs.txt (2)',
      'https://intel.example/feed',
    ]);
  });

  it('refuses what is no list where columns go by number', async () => {
    const [feed] = makeFeeds([], [{ name: 'csv', kind: 'csv', path: join(directory, 'a.csv'), columns: { value: 1 } }], parts());
    const read = (text: string): unknown => feed!.reader(text, compileLinearMatcher).reports;
    expect(read('203.0.113.7,x\n')).toHaveLength(1);
    for (const text of ['', '<html>\n<body>closed</body>\n</html>', '[]']) expect(() => read(text)).toThrow(IndicatorError);
  });

  it('reads a file, and not again until it changes', async () => {
    const path = join(directory, 'iocs.txt');
    writeFileSync(path, '203.0.113.7');
    const [feed] = makeFeeds([path], [], parts());
    const first = await feed!.read(null, NEVER);
    expect(first?.text).toBe('203.0.113.7');
    expect(await feed!.read(first!.version, NEVER)).toBeUndefined();
    writeFileSync(path, '203.0.113.8');
    utimesSync(path, new Date(), new Date(Date.now() + 5_000));
    expect((await feed!.read(first!.version, NEVER))?.text).toBe('203.0.113.8');
    rmSync(path);
    await expect(feed!.read(null, NEVER)).rejects.toThrow();
  });
});

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { policiesWith } from '../../../test/support/outbound-policies.js';
import { OutboundHttp } from '../../platform/outbound/outbound-http.js';
import { compileLinearMatcher } from './linear-text-matcher.js';
import { FeedRequests } from './feed-requests.js';
import { MispFeed } from './misp-feed.js';

const NEVER = new AbortController().signal;
const A = '5b6b1c5e-0000-4000-8000-00000000000a';
const B = '5b6b1c5e-0000-4000-8000-00000000000b';

describe('MispFeed', () => {
  let server: Server;
  let files: Map<string, unknown>;
  let asked: string[];
  let feed: MispFeed;

  beforeEach(async () => {
    files = new Map();
    asked = [];
    server = createServer((request, response) => {
      const name = request.url?.replace('/feed/', '') ?? '';
      asked.push(name);
      if (files.has(name)) response.end(JSON.stringify(files.get(name)));
      else response.writeHead(404).end();
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    feed = feedOf();
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });

  function feedOf(mostBytes?: number): MispFeed {
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/feed`);
    return new MispFeed('misp', url, new FeedRequests('misp', new OutboundHttp([]), policiesWith()), mostBytes);
  }

  function event(uuid: string, timestamp: number, value: string): void {
    const manifest = (files.get('manifest.json') ?? {}) as Record<string, unknown>;
    files.set('manifest.json', { ...manifest, [uuid]: { timestamp } });
    files.set(`${uuid}.json`, {
      Event: { uuid, info: 'campaign', Attribute: [{ uuid: `${uuid}-1`, type: 'ip-dst', to_ids: true, value }] },
    });
  }

  async function values(known: string | null = null): Promise<{ values: string[]; version: string | null }> {
    const content = await feed.read(known, NEVER);
    const { reports } = feed.reader(content!.text, compileLinearMatcher);
    return { values: reports.flatMap((report) => report.values.map(({ value }) => value)), version: content!.version };
  }

  it('reads the events of the manifest, and later only those that have changed', async () => {
    event(A, 1, '203.0.113.1');
    event(B, 2, '203.0.113.2');
    files.set('manifest.json', { ...(files.get('manifest.json') as object), '../../secret': { timestamp: 9 } });
    const first = await values();
    expect(first.values).toEqual(['203.0.113.2', '203.0.113.1']);
    expect(await feed.read(first.version, NEVER)).toBeUndefined();
    asked = [];
    event(A, 3, '203.0.113.3');
    expect((await values(first.version)).values).toEqual(['203.0.113.3', '203.0.113.2']);
    expect(asked).toEqual(['manifest.json', `${A}.json`]);
  });

  it('fails as a whole where an event is missing, the manifest is none, or all is too large', async () => {
    event(A, 1, '203.0.113.1');
    feed = feedOf(20);
    await expect(values()).rejects.toThrow('the events together are larger than 20 bytes');
    files.delete(`${A}.json`);
    await expect(values()).rejects.toThrow('the server answered 404');
    files.set('manifest.json', []);
    await expect(values()).rejects.toThrow('the manifest is no object');
    files.set('manifest.json', { message: 'closed' });
    await expect(values()).rejects.toThrow('the manifest lists no events');
  });
});

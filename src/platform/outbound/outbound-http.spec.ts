import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import { OutboundHttp, OutboundRefused, type OutboundAnswer } from './outbound-http.js';

/** Answers for a name, one after the other; the last again and again. */
function resolving(...answers: readonly string[][]): { readonly resolve: LookupFunction; readonly asked: string[] } {
  const asked: string[] = [];
  const resolve: LookupFunction = (hostname, options, callback) => {
    const addresses = answers[Math.min(asked.length, answers.length - 1)] ?? [];
    asked.push(hostname);
    const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    if (options.all) callback(null, found);
    else callback(null, found[0]?.address ?? '', found[0]?.family ?? 4);
  };
  return { resolve, asked };
}

/** Ways to write 127.0.0.1 that URL parsers bring to it. */
const LOOPBACK = [
  '127.0.0.1',
  '127.1',
  '127.0.1',
  '2130706433',
  '0x7f000001',
  '0X7F000001',
  '0x7f.0.0.1',
  '0x7f.1',
  '017700000001',
  '0177.0.0.1',
  '0177.0.0.01',
  '127.0.0.1.',
  '%31%32%37.0.0.1',
  '127%2e0%2e0%2e1',
  '①②⑦.⓪.⓪.①',
  '127。0。0。1',
  '127.0.0。1',
  '１２７.0.0.1',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[0:0:0:0:0:ffff:7f00:0001]',
  '[::FFFF:127.0.0.1]',
];

/** Other addresses that are nobody's or one's own, and what the refusal calls them. */
const SPECIAL: readonly (readonly [string, string])[] = [
  ['0', 'unspecified'],
  ['0.0.0.0', 'unspecified'],
  ['[::]', 'unspecified'],
  ['0.0.0.1', 'unspecified'],
  ['127.255.255.254', 'loopback'],
  ['[::1]', 'loopback'],
  ['[0:0:0:0:0:0:0:1]', 'loopback'],
  ['10.0.0.1', 'private'],
  ['167772161', 'private'],
  ['012.0.0.1', 'private'],
  ['172.16.0.1', 'private'],
  ['172.31.255.255', 'private'],
  ['192.168.0.1', 'private'],
  ['0xc0a80001', 'private'],
  ['[::ffff:192.168.0.1]', 'private'],
  ['100.64.0.1', 'carrier-grade NAT'],
  ['169.254.169.254', 'metadata'],
  ['2852039166', 'metadata'],
  ['0xa9fea9fe', 'metadata'],
  ['0251.0376.0251.0376', 'metadata'],
  ['0xa9.254.0251.254', 'metadata'],
  ['169.254.43518', 'metadata'],
  ['[::ffff:a9fe:a9fe]', 'metadata'],
  ['[::ffff:169.254.169.254]', 'metadata'],
  ['[64:ff9b::a9fe:a9fe]', 'NAT64'],
  ['[64:ff9b:1::a9fe:a9fe]', 'NAT64'],
  ['[2002:a9fe:a9fe::1]', '6to4'],
  ['[2002:7f00:1::]', '6to4'],
  ['[::7f00:1]', 'IPv4-compatible'],
  ['[::169.254.169.254]', 'IPv4-compatible'],
  ['[2001:0:4136:e378:8000:63bf:3fff:fdd2]', 'Teredo'],
  ['[fd00:ec2::254]', 'metadata'],
  ['[fd12:3456:789a::1]', 'private'],
  ['[fc00::1]', 'private'],
  ['[fe80::1]', 'link-local'],
  ['[fec0::1]', 'site-local'],
  ['[ff02::1]', 'multicast'],
  ['[2001:db8::1]', 'documentation'],
  ['[3fff::1]', 'documentation'],
  ['[2001:2::1]', 'protocol assignment'],
  ['[100::1]', 'reserved'],
  ['[4000::1]', 'reserved'],
  ['169.254.1.1', 'link-local'],
  ['100.100.100.200', 'metadata'],
  ['168.63.129.16', 'metadata'],
  ['192.0.0.192', 'protocol assignment'],
  ['192.0.2.1', 'documentation'],
  ['198.51.100.1', 'documentation'],
  ['203.0.113.1', 'documentation'],
  ['192.88.99.1', '6to4'],
  ['198.18.0.1', 'benchmarking'],
  ['224.0.0.1', 'multicast'],
  ['239.255.255.250', 'multicast'],
  ['240.0.0.1', 'reserved'],
  ['255.255.255.255', 'broadcast'],
];

const NAMES = [
  'localhost',
  'LOCALHOST',
  'localhost.',
  'a.localhost',
  'localhost.localdomain',
  'ip6-localhost',
  'metadata',
  'metadata.google.internal',
  'metadata.google.internal.',
  'METADATA.Google.Internal',
  'metadata.goog',
  'instance-data.ec2.internal',
  'ⓛocalhost',
  'ｌｏｃａｌｈｏｓｔ',
];

/** Whole URLs that are refused for their text; `PORT` is that of a server that listens. */
const TEXTS: readonly (readonly [string, string])[] = [
  ['file:///etc/passwd', 'not_a_url'],
  ['gopher://127.0.0.1:PORT/_x', 'not_a_url'],
  ['unix:/var/run/docker.sock', 'not_a_url'],
  ['http+unix://%2fvar%2frun%2fdocker.sock/info', 'not_a_url'],
  ['ftp://127.0.0.1/', 'not_a_url'],
  ['dict://127.0.0.1:PORT/', 'not_a_url'],
  ['ldap://127.0.0.1/', 'not_a_url'],
  ['data:text/plain,x', 'not_a_url'],
  ['javascript:alert(1)', 'not_a_url'],
  ['ws://127.0.0.1:PORT/', 'not_a_url'],
  ['jar:http://127.0.0.1!/', 'not_a_url'],
  ['//127.0.0.1:PORT/', 'not_a_url'],
  ['/relative', 'not_a_url'],
  ['http:127.0.0.1:PORT', 'not_a_url'],
  ['http:/127.0.0.1:PORT/', 'not_a_url'],
  ['http:///127.0.0.1:PORT/', 'not_a_url'],
  ['http:\\\\127.0.0.1:PORT\\', 'not_a_url'],
  ['http://127.0.0.1:PORT\\@hooks.example/', 'not_a_url'],
  ['http://hooks.example\\@127.0.0.1:PORT/', 'not_a_url'],
  ['ht\ntp://127.0.0.1:PORT/', 'not_a_url'],
  ['http://127.0.0.1:PORT/\r\nX-Injected: 1', 'not_a_url'],
  ['http://127.0.0.1:PORT/a b', 'not_a_url'],
  [' http://127.0.0.1:PORT/', 'not_a_url'],
  ['http://[fe80::1%25eth0]/', 'not_a_url'],
  ['http://[fe80::1%eth0]/', 'not_a_url'],
  ['http://[::ffff:127.0.0.1%250]:PORT/', 'not_a_url'],
  ['http://127.0.0.1.256/', 'not_a_url'],
  ['http://999.1.1.1/', 'not_a_url'],
  ['http://09.0.0.1/', 'not_a_url'],
  ['http://', 'not_a_url'],
  [`http://hooks.example/${'x'.repeat(2_000)}`, 'not_a_url'],
  ['http://user:secret@hooks.example/', 'holds_credential'],
  ['http://hooks.example@127.0.0.1:PORT/', 'holds_credential'],
  ['http://hooks.example:80@127.0.0.1:PORT/', 'holds_credential'],
  ['http://@127.0.0.1:PORT/', 'holds_credential'],
  ['http://:@127.0.0.1:PORT/', 'holds_credential'],
  ['http://hooks.example:0/', 'port_refused'],
  ['http://hooks.example:22/', 'port_refused'],
  ['http://hooks.example:25/', 'port_refused'],
  ['https://hooks.example:6667/', 'port_refused'],
  ['http://hooks.example:65536/', 'not_a_url'],
  ['http://hooks.example:-1/', 'not_a_url'],
  ['http://hooks.example:80:80/', 'not_a_url'],
  ['http://hooks.example:８０/', 'not_a_url'],
];

/** Hosts that only their resolver betrays. */
const RESOLVED = [
  'http://unix:/var/run/docker.sock',
  'http://xn--/',
  'http://127.0.0.1.nip.example/',
  'http://localtest.example/',
  'http://kubernetes/',
];

describe('OutboundHttp', () => {
  let server: Server;
  let answer: RequestListener;
  let port: number;
  let connections = 0;

  beforeAll(async () => {
    server = createServer((request, response) => answer(request, response)).on('connection', () => connections++);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  beforeEach(() => {
    connections = 0;
    answer = (_request, response) => void response.end('reached');
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const get = (http: OutboundHttp, url: string, allow: readonly string[] = []): Promise<OutboundAnswer> =>
    http.send({ url, method: 'GET', headers: {}, signal: AbortSignal.timeout(5_000), mostBytes: 1_024, allow });
  const refusal = async (http: OutboundHttp, url: string, allow: readonly string[] = []): Promise<OutboundRefused> => {
    const error: unknown = await get(http, url, allow).catch((caught: unknown) => caught);
    if (!(error instanceof OutboundRefused)) throw new Error(`${url} was not refused: ${String(error)}`);
    return error;
  };

  it(`HOS-05 refuses ${LOOPBACK.length} spellings of an address that a server listens on, each of which reaches it where it is allowed`, async () => {
    for (const host of LOOPBACK) {
      expect([host, (await refusal(new OutboundHttp([]), `http://${host}:${port}/`)).fault.code]).toEqual([host, 'address_refused']);
    }
    expect(connections).toBe(0);
    for (const host of LOOPBACK) {
      expect([host, (await get(new OutboundHttp(['127.0.0.0/8']), `http://${host}:${port}/`)).body]).toEqual([host, 'reached']);
    }
    expect(connections).toBe(LOOPBACK.length);
  });

  it.each(SPECIAL)('HOS-05 refuses %s, written or resolved: %s', async (host, what) => {
    const written = await refusal(new OutboundHttp([]), `https://${host}/`);
    expect(written.fault).toEqual({ code: 'address_refused', detail: expect.stringContaining(what) });
    const { hostname } = new URL(`http://${host}/`);
    const { resolve } = resolving([hostname.replace(/[[\]]/g, '')]);
    expect((await refusal(new OutboundHttp([], resolve), 'https://hooks.example/')).message).toContain(what);
  });

  it.each(NAMES)('HOS-05 refuses the name %s, whatever it resolves to', async (name) => {
    const { resolve, asked } = resolving(['1.1.1.1']);
    expect((await refusal(new OutboundHttp([], resolve), `http://${name}:${port}/`)).fault.code).toBe('name_refused');
    expect(asked).toEqual([]);
  });

  it.each(TEXTS)('HOS-05 refuses %j', async (text, code) => {
    const { resolve, asked } = resolving(['127.0.0.1']);
    expect((await refusal(new OutboundHttp([], resolve), text.replace('PORT', String(port)))).fault.code).toBe(code);
    expect([asked, connections]).toEqual([[], 0]);
  });

  it('HOS-05 refuses a name that was public when it was checked and is not when it is called (DNS rebinding)', async () => {
    const { resolve, asked } = resolving(['1.1.1.1'], ['127.0.0.1']);
    const http = new OutboundHttp([], resolve);
    const url = `http://rebind.example:${port}/`;
    expect(http.fault(url)).toBeUndefined();
    const first: unknown = await new Promise((done) => resolve('rebind.example', { all: true }, (_error, found) => done(found)));
    expect(first).toEqual([{ address: '1.1.1.1', family: 4 }]);
    expect((await refusal(http, url)).message).toContain('loopback');
    expect([asked.length, connections]).toEqual([2, 0]);
  });

  it.each(RESOLVED)('HOS-05 refuses %s for the address that it resolves to', async (url) => {
    const { resolve, asked } = resolving(['::ffff:127.0.0.1']);
    expect((await refusal(new OutboundHttp([], resolve), url)).message).toContain('loopback');
    expect(asked).toHaveLength(1);
  });

  it('HOS-05 refuses a name of which any address is not public', async () => {
    for (const answers of [
      ['1.1.1.1', '127.0.0.1'],
      ['2606:4700:4700::1111', '::ffff:127.0.0.1'],
    ]) {
      expect((await refusal(new OutboundHttp([], resolving(answers).resolve), `http://hooks.example:${port}/`)).message).toContain(
        'loopback',
      );
    }
    expect(connections).toBe(0);
  });

  it('HOS-05 lets public addresses through', () => {
    const http = new OutboundHttp([]);
    const urls = ['https://hooks.example/x?y=1', 'http://1.1.1.1:8080/', 'https://[2606:4700:4700::1111]/', 'https://bücher.example:8443/'];
    for (const url of urls) expect([url, http.fault(url)]).toEqual([url, undefined]);
  });

  it('HOS-05 follows no redirect', async () => {
    for (const status of [301, 302, 303, 307, 308]) {
      answer = (_request, response) => void response.writeHead(status, { Location: `http://127.0.0.1:${port}/inner` }).end();
      const { resolve, asked } = resolving(['127.0.0.1']);
      const answered = await get(new OutboundHttp(['hooks.example'], resolve), `http://hooks.example:${port}/`);
      expect([answered.status, asked.length]).toEqual([status, 1]);
    }
    expect(connections).toBe(5);
  });

  it('HOS-05 an allow-list opens its blocks and names, of all calls or of one, and nothing beside', async () => {
    const { resolve } = resolving(['127.0.0.1']);
    const url = `http://tickets.corp:${port}/`;
    expect((await get(new OutboundHttp(['tickets.corp'], resolve), url)).body).toBe('reached');
    expect((await get(new OutboundHttp([], resolve), url, ['TICKETS.corp.'])).body).toBe('reached');
    expect((await get(new OutboundHttp([], resolve), url, ['127.0.0.1'])).body).toBe('reached');
    for (const allow of [['corp'], ['other.corp'], ['10.0.0.0/8'], ['127.0.0.2/32'], ['nonsense/', '127.0.0.1/99', '2130706433']]) {
      await refusal(new OutboundHttp(allow, resolve), url);
    }
    await refusal(new OutboundHttp([], resolve), url);
    const toMetadata = resolving(['169.254.169.254']).resolve;
    expect((await refusal(new OutboundHttp(['tickets.corp'], toMetadata), url)).message).toContain('metadata');
    expect(connections).toBe(3);
  });

  it('bounds answers, and stops when it is told to', async () => {
    const http = new OutboundHttp(['127.0.0.0/8']);
    answer = (_request, response) => void response.end('x'.repeat(2_000));
    await expect(get(http, `http://127.0.0.1:${port}/`)).rejects.toThrow('larger than 1024 bytes');
    answer = (_request, response) => void response.writeHead(200, { 'X-Long': 'x'.repeat(20_000) }).end();
    await expect(get(http, `http://127.0.0.1:${port}/`)).rejects.toThrow('Header overflow');
    answer = () => {};
    const call = http.send({ url: `http://127.0.0.1:${port}/`, method: 'GET', headers: {}, signal: AbortSignal.timeout(50) });
    await expect(call).rejects.toThrow();
  });
});

import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import fc from 'fast-check';
import { readBlocks } from '../http/client-address.js';
import { AddressConnections, limitByAddress } from './address-connections.js';
import { Certificates } from '../../../test/support/certificates.js';
import { eventually } from '../../../test/support/eventually.js';

const PROXIES = readBlocks(['10.0.0.0/8', '2001:db8:1::/48']);

describe('connections by address', () => {
  it('HOS-01 count by address, IPv4 in IPv6 as IPv4, IPv6 by its /64, and trusted proxies not at all', () => {
    const connections = new AddressConnections(2, PROXIES);
    expect(
      [
        '192.0.2.1',
        '::ffff:192.0.2.1',
        '2001:db8::1',
        '2001:db8::ffff:2',
        'fe80::1%eth0',
        '10.1.2.3',
        '::ffff:10.1.2.3',
        '2001:db8:1::5',
        '',
      ].map((address) => connections.nameOf(address)),
    ).toEqual([
      '192.0.2.1',
      '192.0.2.1',
      '2001:db8:0:0:0:0:0:0/64',
      '2001:db8:0:0:0:0:0:0/64',
      'fe80:0:0:0:0:0:0:0/64',
      ...Array(4).fill(undefined),
    ]);
  });

  it('HOS-01 are never more than may be, and are forgotten when they have gone', () => {
    const steps = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.boolean()), { maxLength: 200 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 5 }), (taken, most) => {
        const connections = new AddressConnections(most, []);
        const open = new Map<string, number>();
        for (const [name, isOpening] of taken) {
          const before = open.get(name) ?? 0;
          if (isOpening) expect(connections.enter(name)).toBe(before < most);
          else if (before > 0) connections.leave(name);
          open.set(name, Math.min(most, Math.max(0, before + (isOpening ? 1 : -1))));
        }
        expect(connections.size).toBe([...open.values()].filter((count) => count > 0).length);
      }),
    );
  });
});

describe.each(['http', 'https'] as const)('a server for %s with a limit by address', (scheme) => {
  const certificates = new Certificates();
  const connections = new AddressConnections(3, []);
  const reports: string[] = [];
  const sockets: Socket[] = [];
  const server = scheme === 'http' ? http.createServer() : https.createServer(certificates.make());
  let port = 0;

  beforeAll(async () => {
    limitByAddress(server, connections, (address) => reports.push(address));
    server.on('request', (_request, response) => response.end('served')).on('clientError', () => {});
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
    certificates.remove();
  });

  /** `served`, or `ended` where the server closed the connection without a word. */
  const ask = (localAddress: string): Promise<string> =>
    new Promise((resolve) => {
      const to = { host: '127.0.0.1', port, localAddress };
      const socket = scheme === 'http' ? connect(to) : connectTls({ ...to, rejectUnauthorized: false });
      sockets.push(socket);
      socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
      socket.on('data', (chunk: Buffer) => chunk.includes('served') && resolve('served'));
      socket.on('error', () => {}).on('close', () => resolve('ended'));
    });

  it('HOS-01 ends what one address opens beyond it, serves other addresses, and takes new ones when old ones have gone', async () => {
    const answers = [];
    for (let at = 0; at < 5; at += 1) answers.push(await ask('127.0.0.1'));
    expect(answers).toEqual(['served', 'served', 'served', 'ended', 'ended']);
    expect(await ask('127.0.0.2')).toBe('served');
    expect(reports).toEqual(['127.0.0.1']);
    for (const socket of sockets.splice(0)) socket.destroy();
    await eventually(() => expect(connections.size).toBe(0));
    expect(await ask('127.0.0.1')).toBe('served');
  });
});

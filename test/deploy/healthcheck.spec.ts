import { spawn } from 'node:child_process';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { Certificates } from '../support/certificates.js';

/** What the image asks for its health: the code that it ends with. */
function ask(port: number, words: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<number | null> {
  const child = spawn(process.execPath, ['scripts/image/healthcheck.mjs', ...words], {
    env: { PORT: String(port), ...env },
    stdio: 'ignore',
  });
  return new Promise((done) => child.once('close', done));
}

const answers: RequestListener = ({ url }, answer) => {
  if (url !== '/silent') answer.writeHead(url === '/health/live' ? 200 : 503).end();
};

describe('the health check of the image', () => {
  const certificates = new Certificates();
  const { cert, key } = certificates.make();
  const plain = createServer(answers);
  const overTls = createTlsServer({ cert, key }, answers);
  const portOf = (server: Server): number => (server.address() as AddressInfo).port;

  beforeAll(() => Promise.all([plain, overTls].map((server) => new Promise<void>((done) => server.listen(0, '127.0.0.1', done)))));
  afterAll(() => {
    for (const server of [plain, overTls]) {
      server.closeAllConnections();
      server.close();
    }
    certificates.remove();
  });

  it('R60 OPS-01 ends with 0 where the answer is 200, in the clear and over TLS, and with 1 elsewhere', async () => {
    expect(await ask(portOf(plain))).toBe(0);
    expect(await ask(portOf(plain), ['/health/ready'])).toBe(1);
    expect(await ask(portOf(overTls), [], { TLS_CERT_FILE: '/somewhere/cert.pem' })).toBe(0);
    expect(await ask(portOf(overTls), ['/health/ready'], { TLS_CERT_FILE: '/somewhere/cert.pem' })).toBe(1);
    expect(await ask(portOf(plain), [], { TLS_CERT_FILE: '/somewhere/cert.pem' })).toBe(1);
  });

  it('R60 OPS-01 does not wait for what says nothing', async () => {
    expect(await ask(portOf(plain), ['/silent'])).toBe(1);
  });
});

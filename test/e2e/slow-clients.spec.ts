import { connect, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHttpServer } from '../../src/platform/lifecycle/http-server.js';
import { BuiltApp } from '../support/built-app.js';
import { attackSlowly, hasSlowHttpTest } from '../support/slow-attack.js';

const CUT_MS = 15_000;
const LARGE_ANSWER = 12 * 1024 * 1024;
const SLOW_BYTES_A_SECOND = 600 * 1024;

interface Reading {
  readonly ms: number;
  readonly bytes: number;
}

type Reader = (socket: Socket, cut: Promise<unknown>) => void;

const slowly: Reader = (socket) => {
  const started = Date.now();
  socket.on('data', () => {
    const early = (socket.bytesRead / SLOW_BYTES_A_SECOND) * 1_000 - (Date.now() - started);
    if (early <= 0) return;
    socket.pause();
    setTimeout(() => socket.resume(), early);
  });
};

/** Takes what has come once the server has ended the connection, or once it should have long ago. */
const never: Reader = (socket, cut) => {
  socket.pause();
  const waiting = new AbortController();
  const late = sleep(2 * CUT_MS, undefined, waiting).catch(() => undefined);
  void Promise.race([cut, late]).then(() => {
    waiting.abort();
    socket.resume();
  });
};

/** How a client reads a large answer, of a server of its own. */
async function readLargeAnswer(read: Reader): Promise<Reading> {
  const server = createHttpServer((_request, response) => response.end(Buffer.alloc(LARGE_ANSWER)), null);
  const cut = new Promise((ended) => server.once('connection', (socket: Socket) => socket.once('close', ended)));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const reading = await new Promise<Reading>((done) => {
    const started = Date.now();
    const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'));
    socket.on('error', () => {}).on('close', () => done({ ms: Date.now() - started, bytes: socket.bytesRead }));
    read(socket, cut);
  });
  server.close();
  return reading;
}

describe('slow clients', () => {
  let app: BuiltApp;
  /** Begun with the first test: both do hardly anything but wait. */
  let reading: Promise<readonly [slow: Reading, stuck: Reading]>;
  beforeAll(async () => {
    app = await BuiltApp.start({ env: { LOG_LEVEL: 'info' } });
    reading = Promise.all([readLargeAnswer(slowly), readLargeAnswer(never)]);
  });
  afterAll(() => app.stop());

  /** Milliseconds until the server ends a connection on which `first` was sent, and then `more` every second. */
  const lifeOf = (first: string, more: string): Promise<number> =>
    new Promise((done) => {
      const { hostname, port } = new URL(app.baseUrl);
      const started = Date.now();
      const socket = connect(Number(port), hostname, () => socket.write(first));
      const drip = setInterval(() => more !== '' && socket.write(more), 1_000);
      socket.resume().on('error', () => {});
      socket.on('close', () => {
        clearInterval(drip);
        done(Date.now() - started);
      });
    });

  /** The answer to a batch whose bytes arrive over eight seconds. */
  const uploadSlowly = async (): Promise<string> => {
    const body = JSON.stringify({ source: 'generic', events: [{ '@timestamp': '2026-01-15T09:30:00Z', message: 'slowly' }] });
    const { hostname, port } = new URL(app.baseUrl);
    const key = app.apiKey('acme-corp', 'collector');
    const head = `POST /api/v1/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-API-Key: ${key}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
    let answer = '';
    const socket = connect(Number(port), hostname);
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    const closed = new Promise((done) => socket.on('close', done));
    socket.write(head);
    const step = Math.ceil(body.length / 8);
    for (let at = 0; at < body.length; at += step) {
      socket.write(body.slice(at, at + step));
      await sleep(1_000);
    }
    await closed;
    return answer;
  };

  it('HOS-01 ends connections that say nothing, headers that do not end, and bodies that nobody reads; an admitted body may take its time', async () => {
    const upload = uploadSlowly();
    const head = 'POST /api/v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n';
    const lives = await Promise.all([
      lifeOf('', ''),
      lifeOf('GET / HTTP/1.1\r\nHost: x\r\n', 'X-A: b\r\n'),
      lifeOf('G', 'E'),
      lifeOf(`${head}\r\n`, 'x'),
      lifeOf(`${head}X-API-Key: wrong\r\n\r\n`, 'x'),
      lifeOf(`${head}X-API-Key: ${app.apiKey('acme-corp', 'collector')}\r\n\r\n`, 'x'),
      lifeOf(`${head.replace('Content-Length: 100000', 'Transfer-Encoding: chunked')}\r\n`, '1\r\nx\r\n'),
    ]);
    process.stdout.write(`slow connections lived ${lives.map((ms) => (ms / 1_000).toFixed(1)).join(', ')} s\n`);
    expect(await upload).toMatch(/^HTTP\/1\.1 202 /);
    for (const life of lives) expect(life).toBeLessThanOrEqual(CUT_MS);
  });

  it('HOS-01 ends a connection whose answer is not read; one that is read slowly gets the whole of a large answer', async () => {
    const [slow, stuck] = await reading;
    expect(slow.bytes).toBeGreaterThan(LARGE_ANSWER);
    expect(slow.ms).toBeGreaterThan(CUT_MS);
    expect(stuck.bytes).toBeLessThan(LARGE_ANSWER);
    expect(stuck.ms).toBeLessThanOrEqual(CUT_MS + 1_000);
  });

  it('HOS-01 serves the honest on while slowhttptest holds connections in three ways, and ends each of those', async () => {
    if (!hasSlowHttpTest()) return;
    const { alone, attacked, most, endedMs } = await attackSlowly(app.baseUrl, {
      headers: 300,
      body: 300,
      read: 40,
      aSecond: 150,
      key: app.apiKey('acme-corp', 'collector'),
      aloneMs: 3_000,
    });
    expect(attacked.failed).toBe(0);
    expect(most).toBeGreaterThan(250);
    expect(endedMs).toBeLessThanOrEqual(CUT_MS + 1_000);
    expect(attacked.median).toBeLessThanOrEqual(2 * Math.max(alone.median, 10));
  });
});

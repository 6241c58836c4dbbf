import { spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type SecureVersion, type TLSSocket } from 'node:tls';
import { BOOTSTRAP_FILE } from '../../src/platform/tenancy/bootstrap.js';
import { BuiltApp } from '../support/built-app.js';
import { Certificates, type Pair } from '../support/certificates.js';
import { exchange } from '../support/raw-socket.js';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
  readonly fingerprint: string;
  readonly localPort: number;
}

describe('TLS by the app itself', () => {
  const certificates = new Certificates();
  const first = certificates.make();
  const second = certificates.make();
  let app: BuiltApp;

  beforeAll(async () => {
    certificates.place(first);
    app = await BuiltApp.start({ env: { TLS_CERT_FILE: certificates.certFile, TLS_KEY_FILE: certificates.keyFile } });
  });
  afterAll(async () => {
    await app.stop();
    certificates.remove();
  });

  const trusting = (): Agent => new Agent({ keepAlive: true, maxSockets: 1, ca: [first.cert, second.cert] });
  const get = async (path: string, agent = trusting()): Promise<Answer> => {
    const sent = request(app.baseUrl + path, { agent });
    sent.end();
    const [response] = (await once(sent, 'response')) as [import('node:http').IncomingMessage];
    const socket = response.socket as TLSSocket;
    const { fingerprint256: fingerprint } = socket.getPeerCertificate();
    const localPort = socket.localPort ?? 0;
    let body = '';
    for await (const chunk of response as AsyncIterable<Buffer>) body += chunk.toString();
    return { status: response.statusCode ?? 0, headers: response.headers, body, fingerprint, localPort };
  };
  const speaks = (version: SecureVersion): Promise<string | null> =>
    new Promise((done) => {
      const { port } = new URL(app.baseUrl);
      const options = { host: '127.0.0.1', port: Number(port), ca: first.cert, minVersion: version, maxVersion: version };
      const socket = connect({ ...options, ciphers: 'DEFAULT@SECLEVEL=0' }, () => {
        done(socket.getProtocol());
        socket.destroy();
      });
      socket.on('error', () => done(null));
    });
  const fingerprintOf = ({ cert }: Pair): string => new X509Certificate(cert).fingerprint256;
  const until = async (holds: () => Promise<boolean> | boolean): Promise<void> => {
    const deadline = Date.now() + 10_000;
    while (!(await holds())) {
      if (Date.now() > deadline) throw new Error('it did not come about in 10 s');
      await sleep(50);
    }
  };
  const events = (event: string): number => app.printed.filter((line) => line.includes(`"event":"${event}"`)).length;

  it('R17 serves https with TLS 1.2 and 1.3 alone, and says so where it says where it is', async () => {
    expect(app.baseUrl).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(JSON.parse(readFileSync(join(app.dataDir, BOOTSTRAP_FILE), 'utf8')).base_url).toBe(app.baseUrl);
    const answer = await get('/health/live');
    expect([answer.status, answer.fingerprint]).toEqual([200, fingerprintOf(first)]);
    expect(answer.headers['strict-transport-security']).toBe('max-age=31536000; includeSubDomains');
    expect(await speaks('TLSv1.3')).toBe('TLSv1.3');
    expect(await speaks('TLSv1.2')).toBe('TLSv1.2');
    expect(await speaks('TLSv1.1')).toBeNull();
    expect(await speaks('TLSv1')).toBeNull();
  });

  it('R17 answers nothing to plain HTTP', async () => {
    expect(await exchange(app.baseUrl, 'GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n')).not.toContain('200');
  });

  it('R17 serves new connections with a new certificate while old ones go on, and keeps the old one for files that do not fit', async () => {
    const kept = trusting();
    const before = await get('/health/live', kept);
    certificates.write('cert.pem', second.cert);
    await until(() => events('tls.not_reloaded') === 1);
    certificates.write('key.pem', 'half a key');
    await until(() => events('tls.not_reloaded') === 2);
    expect((await get('/health/live')).fingerprint).toBe(fingerprintOf(first));
    certificates.place(second);
    await until(async () => (await get('/health/live')).fingerprint === fingerprintOf(second));
    const after = await get('/health/live', kept);
    expect([after.status, after.localPort, after.fingerprint]).toEqual([200, before.localPort, fingerprintOf(first)]);
    kept.destroy();
  });

  it('R17 tells when the certificate expires', async () => {
    const token = await new Promise<string>((done, fail) => {
      const headers = { 'X-API-Key': app.apiKey('platform') };
      const sent = request(`${app.baseUrl}/api/v1/auth/token`, { method: 'POST', headers, agent: trusting() }, (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString())).on('end', () => done(JSON.parse(body).access_token));
      });
      sent.on('error', fail).end();
    });
    const metrics = await new Promise<string>((done, fail) => {
      const sent = request(`${app.baseUrl}/metrics`, { headers: { Authorization: `Bearer ${token}` }, agent: trusting() }, (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString())).on('end', () => done(body));
      });
      sent.on('error', fail).end();
    });
    const seconds = Number(/^tls_certificate_expiry_timestamp_seconds (\S+)$/m.exec(metrics)?.[1]);
    expect(seconds * 1_000).toBe(new X509Certificate(second.cert).validToDate.getTime());
  });

  it('R17 drains as without TLS: what is kept open is answered to the end, and the exit is clean', async () => {
    const agent = trusting();
    await get('/health/live', agent);
    const last = get('/health/live', agent);
    expect((await last).status).toBe(200);
    expect(await app.stop({ keep: true })).toBe(0);
    agent.destroy();
  });
});

describe('a certificate that cannot be served with', () => {
  const certificates = new Certificates();
  afterAll(() => certificates.remove());

  const start = async (env: Record<string, string>): Promise<{ readonly code: number | null; readonly printed: string }> => {
    const dataDir = mkdtempSync(join(tmpdir(), 'gatra-tls-start-'));
    const child = spawn(process.execPath, [resolve('dist/main.js')], {
      env: { ENVIRONMENT: 'development', PORT: '0', GATRA_DATA_DIR: dataDir, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    await once(child, 'exit');
    rmSync(dataDir, { recursive: true, force: true });
    return { code: child.exitCode, printed };
  };

  it('R17 stops the start by the name of its variable, and shows nothing of it', async () => {
    const [good, other, expired] = [certificates.make(), certificates.make(), certificates.make(-1)];
    const file = (name: string, content: string): string => certificates.write(name, content);
    const cert = file('good.pem', good.cert);
    const key = file('good-key.pem', good.key);
    const cases: readonly (readonly [Record<string, string>, RegExp])[] = [
      [{ TLS_CERT_FILE: cert }, /TLS_KEY_FILE must be set/],
      [{ TLS_KEY_FILE: key }, /TLS_CERT_FILE must be set/],
      [{ TLS_CERT_FILE: '/nowhere/cert.pem', TLS_KEY_FILE: key }, /TLS_CERT_FILE must name a file that can be read/],
      [{ TLS_CERT_FILE: cert, TLS_KEY_FILE: certificates.directory }, /TLS_KEY_FILE must name a file that can be read/],
      [{ TLS_CERT_FILE: key, TLS_KEY_FILE: key }, /TLS_CERT_FILE must name a file with a certificate/],
      [{ TLS_CERT_FILE: cert, TLS_KEY_FILE: cert }, /TLS_KEY_FILE must name a file with a private key/],
      [{ TLS_CERT_FILE: cert, TLS_KEY_FILE: file('other.pem', other.key) }, /TLS_KEY_FILE must hold the key of the certificate/],
      [{ TLS_CERT_FILE: file('old.pem', expired.cert), TLS_KEY_FILE: file('old-key.pem', expired.key) }, /TLS_CERT_FILE has expired/],
    ];
    const secrets = [good, other, expired].map((pair) => pair.key.split('\n')[1] ?? '');
    for (const [env, expected] of cases) {
      const { code, printed } = await start(env);
      expect([code, printed]).toEqual([1, expect.stringMatching(expected)]);
      for (const secret of secrets) expect(printed).not.toContain(secret);
      expect(printed).not.toContain('    at ');
    }
  });
});

import { readdirSync } from 'node:fs';
import { connect, type AddressInfo } from 'node:net';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { startApp, type RunningApp } from '../support/running-app.js';

/** What the running app does, by requirement of the Application Security Verification Standard 5.0. */
describe('the running app', () => {
  let running: RunningApp;
  beforeAll(async () => {
    running = await startApp();
  });
  afterAll(() => running.close());

  it('ASVS V13.4.1 serves nothing of its directory', async () => {
    const paths = [
      '/.git/config',
      '/.git/HEAD',
      '/.svn/entries',
      '/package.json',
      '/.env',
      '/.gatra/secrets.json',
      '/bootstrap.json',
      '/src/main.ts',
    ];
    for (const path of paths) {
      for (const spelling of [path, `/docs${path}`, `/docs/..${path}`, `/docs/%2e%2e${path}`]) {
        const status = await statusOf(running.app, spelling);
        expect({ spelling, isRefused: status === 404 || status === 400 }).toEqual({ spelling, isRefused: true });
      }
    }
  });

  it('ASVS V5.3.2 names files by itself, whatever a tenant, a host or a user is called', async () => {
    const token = await running.token('acme-corp', 'analyst');
    const names = ['../../etc/passwd', 'a/b\\c', 'CON', 'nul\u0001', '%2e%2e%2f'];
    const events = names.map((name) => ({ timestamp: new Date().toISOString(), host: name, user: name, message: name }));
    await running.http.post('/api/v1/events').set('Authorization', `Bearer ${token}`).send({ source: 'generic', events }).expect(202);
    const files = readdirSync(running.dataDir, { recursive: true, encoding: 'utf8' });
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) expect(file).toMatch(/^[a-z0-9._/-]+$/);
    expect(files.filter((file) => /passwd|acme|globex/.test(file))).toEqual([]);
  });

  it('ASVS V4.1.1 names type and charset of every body', async () => {
    const token = await running.token('acme-corp', 'viewer');
    for (const path of ['/health', '/api/v1/alerts', '/api/v1/nothing', '/docs-json', '/docs']) {
      const answer = await running.http.get(path).set('Authorization', `Bearer ${token}`);
      expect(answer.headers['content-type']).toMatch(/^(application\/(problem\+)?json|text\/html); charset=utf-8$/i);
    }
  });
});

/** Asks for a path as it is written, which clients would tidy up. */
function statusOf(app: NestExpressApplication, path: string): Promise<number> {
  const { port } = app.getHttpServer().address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`));
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    socket.on('error', reject).on('close', () => resolve(Number(text.split(' ')[1])));
  });
}

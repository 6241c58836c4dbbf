import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { describeWith } from '../support/redis-server.js';
import { podsOf } from './manifest.js';
import { render } from './render.js';
import { only } from './rule.js';

describeWith(['kubectl'], 'first credentials on Kubernetes', () => {
  const directory = mkdtempSync(join(tmpdir(), 'gatra-hand-over-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('R61 are handed to whoever forwards the port, one time, and are gone', async () => {
    const pod = only(podsOf(render('on-premises')).filter(({ of }) => of === 'CronJob gatra-bootstrap'));
    const [flag = '', script = ''] = only(pod.spec.containers).args ?? [];
    const port = await freePort();
    writeFileSync(join(directory, 'bootstrap.json'), '{"platform_admin":{}}');
    const here = script.replace('/var/lib/gatra', directory).replace('8081', String(port));
    expect(here).not.toBe(script);
    const child = spawn(process.execPath, [flag, here], { env: {}, stdio: 'ignore' });
    const ended = new Promise((done) => child.once('exit', done));
    try {
      await eventually(async () => {
        expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('{"platform_admin":{}}');
      }, 30_000);
      expect(await ended).toBe(0);
    } finally {
      child.kill('SIGKILL');
    }
  });
});

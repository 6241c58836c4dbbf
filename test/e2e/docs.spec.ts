import { spawnSync } from 'node:child_process';
import { BuiltApp } from '../support/built-app.js';
import { bash, examplesOf } from '../support/document-examples.js';
import { brokenLinks, documents } from '../support/document-links.js';

describe('the documentation', () => {
  let app: BuiltApp;
  beforeAll(async () => {
    app = await BuiltApp.start();
  });
  afterAll(() => app.stop());

  it('every example of the README works as it is written', async () => {
    const examples = examplesOf('README.md');
    expect(examples.length).toBeGreaterThan(5);
    const { code, output } = await bash(examples.join('\n'), { GATRA_DATA_DIR: app.dataDir });
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('"status":"accepted"') });
    expect(output).toContain('203.0.113.9');
  }, 180_000);

  it('R47 every command of the document on backups works as it is written', async () => {
    const examples = examplesOf('docs/backup.md');
    expect(examples.length).toBeGreaterThan(1);
    const { code, output } = await bash(examples.join('\n'), { GATRA_DATA_DIR: app.dataDir });
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('"legal_hold":{"reason":"Case 2026-118') });
    expect(output).toMatch(/globex-copy: \d+ events/);
  });

  it('R64 every command of the runbook works as it is written', async () => {
    const examples = examplesOf('docs/runbook.md');
    expect(examples.length).toBeGreaterThan(40);
    const { code, output } = await bash(examples.join('\n'), { GATRA_DATA_DIR: app.dataDir });
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('"status":"active"') });
    const problems = [...output.matchAll(/"type":"\/problems\/([\w-]+)"/g)].map(([, type]) => type);
    expect(new Set(problems)).toEqual(new Set(['conflict', 'tenant-not-held']));
  }, 180_000);

  it.each([
    ['docs/getting-started.md', /"alert_id"[\s\S]*203\.0\.113\.77/],
    ['docs/api-guide.md', /"accepted":1[\s\S]*active\nactive\n/],
    ['docs/disaster-recovery.md', /files restored and verified[\s\S]*"received":[1-9]\d*,"stored":[1-9]/],
    [
      'docs/detection.md',
      /: 0 failed; 0 rules without tests, 0 unusable[\s\S]*does not match\n[\s\S]*µs in the middle[\s\S]*did you mean "CommandLine"/,
    ],
    ['docs/deployment.md', /of 100, .* claims are shown/],
  ])(
    'every command of %s works as it is written',
    async (file, expected) => {
      const { code, output } = await bash(examplesOf(file).join('\n'), { GATRA_DATA_DIR: app.dataDir });
      expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(expected) });
    },
    180_000,
  );

  it('every link between the documents leads somewhere', () => {
    const broken = documents().flatMap((file) => brokenLinks(file).map((link) => `${file}: ${link}`));
    expect(broken).toEqual([]);
  });

  it('R62 the document on configuration is what the table of variables says', () => {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/write-configuration.mjs', '--check'], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

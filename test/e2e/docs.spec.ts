import { readdirSync, readFileSync } from 'node:fs';
import { BuiltApp } from '../support/built-app.js';
import { bash, examplesOf } from '../support/document-examples.js';

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

  it('R62 every variable of the README is read, and every variable that is read is in the README', () => {
    const readme = readFileSync('README.md', 'utf8');
    const table = readme.slice(readme.indexOf('| variable |'), readme.indexOf('## More'));
    const documented = new Set([...table.matchAll(/`([A-Z][A-Z_]{2,})`/g)].map(([, name]) => name));
    const config = readdirSync('src/platform/config').filter((file) => file.endsWith('environment.ts'));
    const source = [
      ...config.map((file) => `src/platform/config/${file}`),
      'src/platform/config/cloud-endpoint.ts',
      'src/platform/redis/redis-settings.ts',
      'src/platform/secrets/secret-names.ts',
      'src/platform/secrets/load-secrets.ts',
    ]
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n');
    const read = new Set([...source.matchAll(/'([A-Z][A-Z_]{2,})'/g)].map(([, name]) => name).filter((name) => name !== 'ENOENT'));
    expect([...documented].filter((name) => !read.has(name))).toEqual([]);
    expect([...read].filter((name) => !documented.has(name))).toEqual([]);
  });
});

import { readFileSync } from 'node:fs';
import { BuiltApp } from '../support/built-app.js';
import { bash, examplesOf } from '../support/document-examples.js';
import { variablesRead } from '../support/variables-read.js';

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

  it('R62 every variable of the README is read, and every variable that is read is in the README', () => {
    const readme = readFileSync('README.md', 'utf8');
    const table = readme.slice(readme.indexOf('| variable |'), readme.indexOf('## More'));
    const documented = new Set([...table.matchAll(/`([A-Z][A-Z_]{2,})`/g)].map(([, name = '']) => name));
    const read = variablesRead();
    expect([...documented].filter((name) => !read.has(name))).toEqual([]);
    expect([...read].filter((name) => !documented.has(name))).toEqual([]);
  });
});

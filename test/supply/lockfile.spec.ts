import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockedPackages, nameOf, readManifest } from '../support/lockfile.js';

const MOST_SCRIPTS = 3;
const DIGEST = `sha512-${Buffer.alloc(64).toString('base64')}`;

const LINT = join('node_modules', 'lockfile-lint', 'bin', 'lockfile-lint.js');
const RULES = ['--validate-https', '--allowed-hosts', 'npm', '--validate-integrity', '--validate-package-names'];

/** What the linter has against a lockfile. */
function faultsOf(file: string): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [LINT, '--path', file, '--type', 'npm', '--format', 'plain', ...RULES], {
    encoding: 'utf8',
  });
  return status === 0 ? '' : `${stdout}${stderr}`;
}

describe('the lockfile', () => {
  const directory = mkdtempSync(join(tmpdir(), 'gatra-lockfile-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('SUP-01 has a digest for every package, and no source but the one registry', () => {
    expect(faultsOf('package-lock.json')).toBe('');
    const locked = Object.entries(lockedPackages());
    expect(locked.length).toBeGreaterThan(500);
    expect(locked.filter(([, { integrity }]) => !/^sha512-[\w+/]{86}==$/.test(integrity ?? '')).map(([place]) => place)).toEqual([]);
    const { dependencies, devDependencies } = readManifest();
    const ranges = Object.entries({ ...dependencies, ...devDependencies });
    expect(ranges.filter(([, range]) => /[:/]/.test(range))).toEqual([]);
  });

  it.each([
    ['a source in the clear', { resolved: 'http://registry.npmjs.org/a/-/a-1.0.0.tgz', integrity: DIGEST }],
    ['a source elsewhere', { resolved: 'https://packages.example/a/-/a-1.0.0.tgz', integrity: DIGEST }],
    ['a source in git', { resolved: 'git+ssh://git@github.com/a/a.git#0123456', integrity: DIGEST }],
    ['another package', { resolved: 'https://registry.npmjs.org/b/-/b-1.0.0.tgz', integrity: DIGEST }],
    ['a weak digest', { resolved: 'https://registry.npmjs.org/a/-/a-1.0.0.tgz', integrity: 'sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA=' }],
  ])('SUP-01 is refused with %s', (title, locked) => {
    const file = join(directory, `${title.replaceAll(' ', '-')}.json`);
    const packages = {
      '': { name: 'x', version: '1.0.0', dependencies: { a: '1.0.0' } },
      'node_modules/a': { version: '1.0.0', ...locked },
    };
    writeFileSync(file, JSON.stringify({ name: 'x', version: '1.0.0', lockfileVersion: 3, requires: true, packages }));
    expect(faultsOf(file)).toMatch(/detected invalid|error/i);
  });

  it('SUP-01 install scripts run for few packages, each of which is there and has one', () => {
    const allowed = Object.entries(readManifest().allowScripts).flatMap(([name, isAllowed]) => (isAllowed ? [name] : []));
    expect(allowed.length).toBeLessThanOrEqual(MOST_SCRIPTS);
    const scripted = Object.entries(lockedPackages()).flatMap(([place, { hasInstallScript }]) => (hasInstallScript ? [nameOf(place)] : []));
    expect(allowed.filter((name) => !scripted.includes(name))).toEqual([]);
  });
});

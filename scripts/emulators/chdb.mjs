import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const HOME = new URL('../../test/emulators/', import.meta.url);

/** ClickHouse's engine for the tests of what speaks to ClickHouse. Installs the versions of the lock file where they are not there; says why where that fails. */
export function install() {
  if (isInstalled()) return undefined;
  // Not `npm ci`: the lock file knows the engine of one platform alone.
  const { status } = spawnSync('npm', ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: HOME,
    stdio: 'inherit',
  });
  return status === 0 ? undefined : 'chdb could not be installed';
}

function isInstalled() {
  const installed = new URL('node_modules/.package-lock.json', HOME);
  if (!existsSync(installed)) return false;
  return versionIn(installed) === versionIn(new URL('package-lock.json', HOME));
}

function versionIn(lock) {
  return JSON.parse(readFileSync(lock, 'utf8')).packages['node_modules/chdb']?.version;
}

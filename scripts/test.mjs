/**
 * Runs the tests: most of them on all processors at once, then those that need the machine to themselves. Arguments are jest's, for both. The first keep
 * their files in memory where there is room, as many at once wait for one another's syncs; the others keep theirs on the disk.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
const ROOM_BYTES = 8 * 2 ** 30;

const JEST = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', '--passWithNoTests'];

/** The second run reports beside the first: `report.json` and `report.alone.json`. */
const beside = (argument) => (argument.startsWith('--outputFile=') ? argument.replace(/\.json$/, '.alone.json') : argument);

/** A directory in memory; undefined where there is none, or too small a one. */
function directoryInMemory() {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    if (bavail * bsize < ROOM_BYTES) return undefined;
    const directory = mkdtempSync(join(MEMORY, 'gatra-tests-'));
    // Some servers run as other users.
    chmodSync(directory, 0o1777);
    return directory;
  } catch {
    return undefined;
  }
}

/** @returns whether all tests passed */
function run(args, directory) {
  const env = directory === undefined ? process.env : { ...process.env, TMPDIR: directory };
  return spawnSync(process.execPath, [...JEST, ...args], { stdio: 'inherit', env }).status === 0;
}

const given = process.argv.slice(2);
const memory = directoryInMemory();
const together = run(['--config', 'jest.config.mjs', ...given], memory);
if (memory !== undefined) rmSync(memory, { recursive: true, force: true });
const alone = run(['--config', 'jest.alone.config.mjs', ...given.map(beside)]);
process.exit(together && alone ? 0 : 1);

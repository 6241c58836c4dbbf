import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const directory = fileURLToPath(new URL('../../test/emulators/', import.meta.url));
const environment = join(directory, '.venv');
const requirements = join(directory, 'requirements.txt');
const stamp = join(environment, 'installed.txt');

/**
 * Installs the emulator of BigQuery into an environment of its own, unless it is there with the same versions.
 * @returns why it cannot be installed, or undefined
 */
export function install() {
  const wanted = readFileSync(requirements, 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return undefined;
  const python = join(environment, 'bin', 'python');
  const steps = [
    ['python3', '-m', 'venv', '--clear', environment],
    [python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement', requirements],
  ];
  for (const [program = '', ...parameters] of steps) {
    const { status, error } = spawnSync(program, parameters, { stdio: ['ignore', 'inherit', 'inherit'] });
    if (status !== 0) return `the emulator of BigQuery cannot be installed: ${error?.message ?? `${program} ended with ${status}`}`;
  }
  writeFileSync(stamp, wanted);
  return undefined;
}

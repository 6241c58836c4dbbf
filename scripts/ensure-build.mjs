import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const built = join(root, 'dist', 'bundle', 'main.js');
const lock = join(root, 'node_modules', '.cache', 'gatra-build.lock');
const inputs = ['src', 'tsconfig.json', 'tsconfig.build.json', 'nest-cli.json', 'package-lock.json', 'scripts/bundle.mjs'];

/** Stops with advice where the Node running is too old. */
export function requireNode24() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return;
  process.stderr.write(
    `GATRA needs Node 24 or later; this is ${process.version}. Start it through npm (npm start, npm run demo), which brings its own.\n`,
  );
  process.exit(1);
}

/** Builds when the build is missing or older than the source. Two processes never build at once. */
export function ensureBuild() {
  if (isFresh()) return;
  withLock(() => {
    if (isFresh()) return;
    process.stderr.write('building …\n');
    const nest = join(root, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
    for (const words of [[nest, 'build'], [join(root, 'scripts', 'bundle.mjs')]]) {
      const { status } = spawnSync(process.execPath, words, { cwd: root, stdio: ['ignore', 2, 2] });
      if (status !== 0) process.exit(status ?? 1);
    }
  });
}

function isFresh() {
  if (!existsSync(built)) return false;
  const builtAt = statSync(built).mtimeMs;
  return inputs.every((input) => newest(join(root, input)) <= builtAt);
}

function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.spec.ts'))
    .reduce((latest, entry) => Math.max(latest, statSync(join(entry.parentPath, entry.name)).mtimeMs), 0);
}

function withLock(work) {
  mkdirSync(join(lock, '..'), { recursive: true });
  const giveUp = Date.now() + 300_000;
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (Date.now() - statSync(lock, { throwIfNoEntry: false })?.mtimeMs > 180_000 || Date.now() > giveUp)
        rmSync(lock, { recursive: true, force: true });
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    }
  }
  try {
    work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

/**
 * The steps that make the content of the container image, each a plain command: `node scripts/image/steps.mjs STEP [DIRECTORY]`, in a directory that holds
 * what `.dockerignore` lets through. The Dockerfile calls them one after another; whoever has no container engine calls them the same way.
 *
 *   install               every dependency as it is locked, for the build alone
 *   production DIRECTORY  the dependencies of the running app, into DIRECTORY
 *   build                 compiles and bundles
 *   content DIRECTORY     what the image holds, made of the two before: `app`, and `data`, which is empty
 *
 * No install script of any package runs.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';

const NPM = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
const MANIFESTS = ['package.json', 'package-lock.json', '.npmrc'];

/** Beside the build and its dependencies; `LICENSE` goes along with whatever is handed on. */
const KEPT = ['package.json', 'LICENSE', 'config'];

/** What compilers and debuggers read, and nothing that runs. */
const UNREAD = /\.(d\.[cm]?ts|map|tsbuildinfo)$/;

/** What V8 made of the code of the machine that built it. */
const COMPILED = join('dist', 'bundle', 'compiled');

function run(command, args, cwd = process.cwd()) {
  const { status, error } = spawnSync(command, args, { cwd, stdio: ['ignore', 2, 2] });
  if (status === 0) return;
  process.stderr.write(`${basename(command)} ${args.join(' ')} failed${error ? `: ${error.message}` : ''}\n`);
  process.exit(1);
}

/** Removes files that nothing reads at run time, below a directory. */
function prune(directory) {
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && UNREAD.test(entry.name)) rmSync(join(entry.parentPath, entry.name));
  }
}

const STEPS = {
  install: () => run('npm', NPM),

  production: (directory) => {
    mkdirSync(directory, { recursive: true });
    for (const name of MANIFESTS) cpSync(name, join(directory, name));
    run('npm', [...NPM, '--omit=dev', '--omit=optional'], directory);
    prune(directory);
  },

  build: () => {
    run(process.execPath, [join('node_modules', '@nestjs', 'cli', 'bin', 'nest.js'), 'build']);
    run(process.execPath, [join('scripts', 'bundle.mjs')]);
  },

  content: (directory) => {
    const app = join(directory, 'app');
    mkdirSync(join(directory, 'data'), { recursive: true, mode: 0o700 });
    mkdirSync(app, { recursive: true });
    for (const name of KEPT) cpSync(name, join(app, name), { recursive: true });
    cpSync('dist', join(app, 'dist'), { recursive: true, filter: (path) => path !== COMPILED && !UNREAD.test(path) });
    cpSync(join('scripts', 'image', 'healthcheck.mjs'), join(app, 'healthcheck.mjs'));
  },
};

const [name, directory] = process.argv.slice(2);
const step = Object.hasOwn(STEPS, name ?? '') ? STEPS[name] : undefined;
if (step === undefined || step.length > (directory === undefined ? 0 : 1)) {
  process.stderr.write(`usage: node scripts/image/steps.mjs ${Object.keys(STEPS).join('|')} [DIRECTORY]\n`);
  process.exit(2);
}
step(directory);

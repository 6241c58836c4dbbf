import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ensureBuild, requireNode24 } from './ensure-build.mjs';

// node scripts/run-bench.mjs NAME [options]: runs bench/NAME.ts against a build of today's source.
requireNode24();
ensureBuild();
const [name = '', ...options] = process.argv.slice(2);
if (!/^[a-z0-9-]+$/.test(name)) {
  process.stderr.write('usage: node scripts/run-bench.mjs NAME [options]\n');
  process.exit(2);
}
const script = fileURLToPath(new URL(`../bench/${name}.ts`, import.meta.url));
const child = spawn(process.execPath, ['--no-warnings', script, ...options], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));

/**
 * Joins what the app, its threads and the command line load, vendors' code too, into a few files: reading thousands of small ones was most of a
 * start. An entry of the build, `X.js`, then imports its bundle, with what V8 made of it before where the directory can be written; as it was built
 * it stands beside that as `X.modules.js`.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const bundles = join(dist, 'bundle');
const entries = [
  'main.js',
  'cli/gatra.js',
  'agents/pipeline/pipeline.worker.js',
  'agents/pipeline/apart/apart.worker.js',
  'agents/backtest/trial.worker.js',
  'agents/retro/retro.worker.js',
  'mssp/ingest/adapters/append.worker.js',
  'platform/storage/sqlite.worker.js',
].map((path) => join(dist, path));

/**
 * These look for files of their own beside themselves, are loaded by few, are not there, are CommonJS that Nest loads in more than one way and that
 * must be there once, or (`parseurl`) use what Node warns of wherever it is not a vendor's.
 */
const external = [
  'class-transformer',
  'class-validator',
  'parseurl',
  'pino',
  'pino-pretty',
  'swagger-ui-dist',
  '@clickhouse/client',
  '@google-cloud/bigquery',
  '@google-cloud/bigquery-storage',
  '@google-cloud/pubsub',
  '@google-cloud/secret-manager',
  '@grpc/grpc-js',
  '@nestjs/microservices',
  '@nestjs/websockets',
  '@fastify/static',
];

/** A module goes on finding files by where it stood. */
const whereItStood = {
  name: 'where-it-stood',
  setup({ onLoad }) {
    onLoad({ filter: /\.js$/, namespace: 'file' }, ({ path }) => {
      const contents = path.startsWith(dist) ? readFileSync(path, 'utf8') : '';
      if (!contents.includes('import.meta.url')) return undefined;
      const stood = JSON.stringify(relative(bundles, path));
      return { contents: contents.replaceAll('import.meta.url', `new URL(${stood}, import.meta.url).href`), resolveDir: dirname(path) };
    });
  },
};

const asBuilt = (entry) => entry.replace(/\.js$/, '.modules.js');

for (const entry of entries) if (!existsSync(asBuilt(entry))) renameSync(entry, asBuilt(entry));
await build({
  absWorkingDir: root,
  entryPoints: entries.map((entry) => ({ in: asBuilt(entry), out: basename(entry, '.js') })),
  outdir: bundles,
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  keepNames: true,
  external,
  plugins: [whereItStood],
  banner: { js: "import { createRequire as requireFrom } from 'node:module';\nconst require = requireFrom(import.meta.url);" },
  logLevel: 'error',
});
for (const entry of entries) {
  const beside = (path) => JSON.stringify(`./${relative(dirname(entry), join(bundles, path))}`);
  const lines = [
    "import { enableCompileCache } from 'node:module';",
    "import { fileURLToPath } from 'node:url';",
    `enableCompileCache(fileURLToPath(new URL(${beside('compiled')}, import.meta.url)));`,
    `await import(${beside(basename(entry))});`,
  ];
  writeFileSync(entry, `${lines.join('\n')}\n`);
}

import { readFileSync } from 'node:fs';
import { buildContext, readIgnoreFile } from '../support/build-context.js';
import { execForm, readDockerfile, said } from '../support/dockerfile.js';
import { DOCKERFILE_RULES } from '../support/dockerfile-rules.js';
import { readManifest } from '../support/lockfile.js';
import { START_FLAGS } from '../support/start-flags.js';

const TEXT = readFileSync('Dockerfile', 'utf8');

/** For each rule, what is changed in the Dockerfile so that it is broken. */
const BROKEN: Readonly<Record<string, readonly [found: RegExp, becomes: string]>> = {
  'bases are pinned by digest': [/(cc-debian13:nonroot)@sha256:\w+/, '$1'],
  'bases say which version they are': [/node:24\.21\.0-trixie-slim@/, 'node@'],
  'what builds is not what runs': [/^FROM node[\s\S]*?(?=^FROM gcr)/m, ''],
  'the user is a number, and not root': [/USER 65532:65532/, 'USER nonroot'],
  'nothing is added from elsewhere': [/COPY \. \./, 'ADD . .'],
  'nothing is fetched by hand': [
    /RUN node scripts\/image\/steps\.mjs install/,
    'RUN apt-get update && node scripts/image/steps.mjs install',
  ],
  'no secret is in arguments or variables': [/ENV NODE_ENV=production/, 'ENV JWT_SECRET=0 NODE_ENV=production'],
  'what is shipped is copied from the stages before, and nothing runs there': [/USER 65532/, 'RUN ["/nodejs/bin/node", "-v"]\nUSER 65532'],
  'dependencies are those of production': [/--from=production (.*) \/production/, '--from=build $1 /work'],
  'what is shipped belongs to root, but the data': [/--chown=0:0 \/image\/app/, '--chown=65532:65532 /image/app'],
  'node is the first process, without a shell': [/ENTRYPOINT \[.*\]/, 'ENTRYPOINT exec node'],
  'it is stopped by the signal that it drains on': [/STOPSIGNAL SIGTERM/, 'STOPSIGNAL SIGKILL'],
  'node asks for its health, without a shell': [
    /CMD \["\/nodejs\/bin\/node", "\/app\/healthcheck\.mjs"\]/,
    'CMD curl -f http://localhost:8080',
  ],
  'it listens where nobody needs to be root': [/EXPOSE 8080/, 'EXPOSE 443'],
};

describe('the recipe of the image', () => {
  it('R60 OPS-01 keeps every rule', () => {
    const file = readDockerfile(TEXT);
    expect(file.stages.map(({ name }) => name)).toEqual(['install', 'production', 'build', 'app']);
    expect(DOCKERFILE_RULES.flatMap(({ name, faults }) => faults(file).map((fault) => `${name}: ${fault}`))).toEqual([]);
  });

  it('OPS-01 every rule has an example that breaks it', () => {
    expect(Object.keys(BROKEN).sort()).toEqual(DOCKERFILE_RULES.map(({ name }) => name).sort());
  });

  it.each(DOCKERFILE_RULES)('OPS-01 is refused where it breaks the rule: $name', ({ name, faults }) => {
    const [found, becomes] = BROKEN[name] ?? [/$^/, ''];
    const broken = TEXT.replace(found, becomes);
    expect(broken).not.toBe(TEXT);
    expect(faults(readDockerfile(broken))).not.toEqual([]);
  });

  it('OPS-01 runs the node that the tests run', () => {
    const { devDependencies } = readManifest();
    expect(TEXT).toContain(`FROM node:${devDependencies['node']}-trixie-slim@`);
    expect(TEXT).toMatch(/COPY --from=install .* \/usr\/local\/bin\/node \/nodejs\/bin\/node/);
  });

  it('OPS-01 installs without scripts, and for production alone without what the build needs', () => {
    const steps = readFileSync('scripts/image/steps.mjs', 'utf8');
    expect(steps).toMatch(/NPM = \['ci', '--ignore-scripts'/);
    expect(steps).toMatch(/production: [^]*\[\.\.\.NPM, '--omit=dev', '--omit=optional'\][^]*\n {2}build:/);
    expect(TEXT).toMatch(/AS production\nRUN node scripts\/image\/steps\.mjs production /);
  });

  it('OPS-01 node is given what `npm start` gives it', () => {
    const [, ...flags] = execForm(said(readDockerfile(TEXT).last, 'ENTRYPOINT')) ?? [];
    expect(flags).toEqual(START_FLAGS);
    expect(flags).not.toEqual([]);
  });

  it('OPS-01 an engine is sent what the image is made of, and nothing else', () => {
    const isSent = readIgnoreFile(readFileSync('.dockerignore', 'utf8'));
    const kept = [
      '.git/config',
      '.env.production',
      'secrets/app/secrets.json',
      '.gatra/bootstrap.json',
      'node_modules/pg/package.json',
      'dist/main.js',
    ];
    expect(kept.filter(isSent)).toEqual([]);
    expect(
      ['src/main.ts', 'config/rules/README.md', 'scripts/image/steps.mjs', 'package-lock.json'].filter((path) => !isSent(path)),
    ).toEqual([]);
    const roots = new Set(buildContext().map((path) => path.split('/')[0] ?? ''));
    expect([...roots].sort()).toEqual([
      '.npmrc',
      'LICENSE',
      'config',
      'nest-cli.json',
      'package-lock.json',
      'package.json',
      'scripts',
      'src',
      'tsconfig.build.json',
      'tsconfig.json',
    ]);
    expect(buildContext().filter((path) => path.endsWith('.spec.ts'))).toEqual([]);
    expect(readIgnoreFile('src\n!src/main.ts\n')('src/main.ts')).toBe(true);
    expect(readIgnoreFile('src\n!src/main.ts\n')('src/serve.ts')).toBe(false);
  });
});

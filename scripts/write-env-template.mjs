/**
 * Writes .env.production.template from the table of variables: every variable that the composition leaves open, with what holds where it is not set. With
 * `--check` it changes nothing, and ends with 1 where the file is not what it would write.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CORE_SCHEMA, load, mergeTag } from 'js-yaml';
import { ensureBuild } from './ensure-build.mjs';

ensureBuild();
const { VARIABLES } = await import('../dist/platform/config/variables.js');

const HEAD = `# Settings of docker-compose.production.yml: copy this file to .env.production and change what should differ. What is commented out shows what holds
# without it. Secrets are not here but in ./secrets (deploy/compose/make-secrets.sh); what the composition itself decides is not here either.
# Written by scripts/write-env-template.mjs.
`;

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const { services } = load(readFileSync(at('docker-compose.production.yml'), 'utf8'), { schema: CORE_SCHEMA.withTags(mergeTag) });
const decided = new Set(Object.values(services).flatMap(({ environment = {} }) => Object.keys(environment)));

const file = at('.env.production.template');
const written = HEAD + groups().join('');
if (!process.argv.includes('--check')) writeFileSync(file, written);
else if (!existsSync(file) || readFileSync(file, 'utf8') !== written) {
  process.stderr.write('.env.production.template is not what the table of variables says: run node scripts/write-env-template.mjs\n');
  process.exitCode = 1;
}

function groups() {
  const open = VARIABLES.filter(({ name, secret }) => !secret && !decided.has(name));
  return [...Map.groupBy(open, ({ group }) => group)].map(([group, variables]) => `\n## ${group}\n${variables.map(linesOf).join('')}`);
}

function linesOf({ name, default: usual = '', range, description }) {
  const plain = description.replaceAll('`', '').replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1');
  return `\n# ${plain}${range === undefined ? '' : ` (${range})`}\n#${name}=${usual}\n`;
}

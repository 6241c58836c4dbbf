/**
 * Writes the tables of docs/configuration.md from the table of variables, between the marks. With `--check` it changes nothing, and ends with 1 where the
 * document is not what it would write.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ensureBuild } from './ensure-build.mjs';

ensureBuild();
const { VARIABLES } = await import('../dist/platform/config/variables.js');

const HEAD = '| variable | default | may be | what it is |\n|---|---|---|---|\n';
const file = fileURLToPath(new URL('../docs/configuration.md', import.meta.url));
const present = readFileSync(file, 'utf8');
const written = present.replace(/(<!-- variables -->\n)[\s\S]*(<!-- end of variables -->)/, (_, start, end) => `${start}${tables()}${end}`);

if (!process.argv.includes('--check')) writeFileSync(file, written);
else if (written !== present) {
  process.stderr.write('docs/configuration.md is not what the table of variables says: run node scripts/write-configuration.mjs\n');
  process.exitCode = 1;
}

function tables() {
  const groups = Map.groupBy(VARIABLES, ({ group }) => group);
  return [...groups].map(([group, variables]) => `\n## ${group}\n\n${HEAD}${variables.map(rowOf).join('')}`).join('') + '\n';
}

function rowOf({ name, default: usual, range = '', description, guide, secret, perKind }) {
  const notes = [
    secret ? 'a secret' : '',
    perKind ? '[each kind has its own](outbound-calls.md)' : '',
    guide === undefined ? '' : `[more](${guide})`,
  ];
  const text = [description, ...notes].filter((note) => note !== '').join('; ');
  return `| \`${name}\` | ${usual === undefined ? '' : `\`${usual}\` `}| ${range === '' ? '' : `${range} `}| ${text} |\n`;
}

/**
 * Makes the rules of objectives and the dashboards of what config/monitoring says of them: `slo.yaml` and `grafana/dashboards.yaml`. With `--check` nothing is written:
 * ends with 1 and the names of the files that are not what they would be. `--root DIR` is another directory than the project's.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { dashboards } from './monitoring/dashboards.mjs';
import { sloRules } from './monitoring/slo-rules.mjs';

const { values } = parseArgs({ options: { check: { type: 'boolean' }, root: { type: 'string' } } });
const project = fileURLToPath(new URL('..', import.meta.url));
const monitoring = `${values.root ?? project}/config/monitoring`;
const style = await resolveConfig(`${project}/package.json`);

const made = new Map([
  ['prometheus/slo-rules.yml', sloRules(readFileSync(`${monitoring}/slo.yaml`, 'utf8'))],
  ...dashboards(readFileSync(`${monitoring}/grafana/dashboards.yaml`, 'utf8')).map(({ uid, json }) => [`grafana/${uid}.json`, json]),
]);

let stale = 0;
for (const [name, text] of made) {
  const file = `${monitoring}/${name}`;
  const formatted = await format(text, { ...style, filepath: file });
  if (existsSync(file) && readFileSync(file, 'utf8') === formatted) continue;
  if (values.check) {
    stale += 1;
    process.stderr.write(`${name} is not what it is made of: run npm run monitoring\n`);
  } else writeFileSync(file, formatted);
}
process.exitCode = stale === 0 ? 0 : 1;

/**
 * Holds docs/asvs.yaml against the tests: a row for each of the standard's 345 requirements; no pass without a live test whose title begins as the
 * row says; no gap at level 1 or 2. Prints the counts; ends with 1 and the list of faults otherwise.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { load } from 'js-yaml';

const root = fileURLToPath(new URL('..', import.meta.url));
const STATES = ['pass', 'not applicable', 'gap'];
/** Requirements of each level in version 5.0.0. */
const OF_LEVEL = { 1: 70, 2: 183, 3: 92 };

const rows = load(readFileSync(`${root}docs/asvs.yaml`, 'utf8'));
const titles = ['src', 'test'].flatMap((directory) => titlesBelow(directory));
const faults = [...faultsOfRows(rows), ...faultsOfSet(rows)];

for (const fault of faults) process.stderr.write(`${fault}\n`);
for (const level of [1, 2, 3]) {
  const counts = STATES.map((state) => `${rows.filter((row) => row.level === level && row.state === state).length} ${state}`);
  process.stdout.write(`level ${level}: ${counts.join(', ')}\n`);
}
process.stdout.write(`${rows.length} rows; ${faults.length} faults\n`);
process.exit(faults.length === 0 ? 0 : 1);

function faultsOfRows(all) {
  return all.flatMap(({ id, level, state, how, reason, proof = [] }) => {
    if (!STATES.includes(state)) return [`${id}: the state is one of ${STATES.join(', ')}`];
    if (state !== 'pass')
      return typeof reason === 'string' && (state !== 'gap' || level === 3)
        ? []
        : [`${id} is a ${state} without a reason, or at level ${level}`];
    if (typeof how !== 'string' || proof.length === 0) return [`${id} passes without saying how, or without a proof`];
    return proof
      .filter((start) => !titles.some((title) => begins(title, start)))
      .map((start) => `${id} names "${start}", which no live test has`);
  });
}

function faultsOfSet(all) {
  const ids = all.map(({ id }) => id);
  const doubles = ids.filter((id, index) => ids.indexOf(id) !== index || !/^V\d{1,2}\.\d{1,2}\.\d{1,2}$/.test(id));
  const counts = Object.entries(OF_LEVEL).filter(([level, count]) => all.filter((row) => row.level === Number(level)).length !== count);
  return [
    ...doubles.map((id) => `${id} is there twice, or is no id`),
    ...counts.map(([level, count]) => `level ${level} has ${count} requirements`),
  ];
}

/** A title begins with what a row says where nothing but a word boundary follows. */
function begins(title, start) {
  return title === start || (title.startsWith(start) && !/[\w-]/.test(title.charAt(start.length)));
}

/** Titles of tests that run: neither skipped nor of the long runs. */
function titlesBelow(directory) {
  return readdirSync(root + directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(spec|contract)\.ts$/.test(name) && !name.startsWith('long/'))
    .flatMap((name) => [
      ...readFileSync(`${root}${directory}/${name}`, 'utf8').matchAll(
        /\b(?:it|test|describe|describeWith)(?:\.each\([\s\S]*?\))?\(\s*(?:\[[^\]]*\],\s*)?(['"`])((?:(?!\1)[^\\]|\\.)*)\1/g,
      ),
    ])
    .map(([, , title]) => title.replaceAll("\\'", "'"));
}

/**
 * Holds docs/readiness.md against the tests: every row must name a test file that exists and holds a test with the row's id in its
 * title, and every requirement and trap must have a row. Ends with 1 and the list of faults otherwise.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const rows = readFileSync(`${root}docs/readiness.md`, 'utf8')
  .split('\n')
  .map((line) => /^\| ([A-Z]{1,4}-?\d\d) \| ([^|]*) \| ([^|]*) \| ([^|]*) \|$/.exec(line))
  .filter((match) => match !== null)
  .map(([, id, what, state, proof]) => ({ id, what: what.trim(), state: state.trim(), proof: proof.trim() }));

const faults = [];
const seen = new Set();
for (const { id, state, proof } of rows) {
  if (seen.has(id)) faults.push(`${id} has two rows`);
  seen.add(id);
  if (state === 'open') {
    if (proof !== '') faults.push(`${id} is open and names a proof`);
    continue;
  }
  if (state !== 'done' && state !== 'partly') {
    faults.push(`${id}: the state is done, partly or open, not "${state}"`);
    continue;
  }
  const files = [...proof.matchAll(/`([^`]+)`/g)].map(([, file]) => file);
  if (files.length === 0) faults.push(`${id} is ${state} and names no test`);
  for (const file of files) {
    if (!existsSync(root + file)) faults.push(`${id} points at ${file}, which does not exist`);
    else if (!new RegExp(`\\b${id}\\b`).test(readFileSync(root + file, 'utf8')))
      faults.push(`${id} points at ${file}, which has no test of that id`);
  }
}

const expected = [
  ...['01-07', '10-19', '20-27', '30-34', '40-48', '50-52', '60-67'].flatMap((range) => {
    const [from, to] = range.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, i) => `R${String(from + i).padStart(2, '0')}`);
  }),
  ...Array.from({ length: 24 }, (_, i) => `P${String(i + 1).padStart(2, '0')}`),
];
for (const id of expected) if (!seen.has(id)) faults.push(`${id} has no row`);

for (const fault of faults) process.stderr.write(`${fault}\n`);
const done = rows.filter((row) => row.state === 'done').length;
const partly = rows.filter((row) => row.state === 'partly').length;
process.stdout.write(`${rows.length} rows: ${done} done, ${partly} partly, ${rows.length - done - partly} open; ${faults.length} faults\n`);
process.exit(faults.length === 0 ? 0 : 1);

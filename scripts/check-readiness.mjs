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

/** Requirements R01 …, traps P01 …, and the named tests of each family. */
const EXPECTED = [
  ['R', '01-07', '10-27', '30-34', '40-48', '50-52', '60-67'],
  ['P', '01-24'],
  ['AUTH-', '01-09'],
  ['SIG-', '01-07'],
  ['KEY-', '01-03'],
  ['TEN-', '01-14'],
  ['RL-', '01-13'],
  ['HOS-', '01-09'],
  ['DUR-', '01-17'],
  ['AUD-', '01-10'],
  ['RES-', '01-13'],
  ['FUZ-', '01-08'],
  ['SUP-', '01-06'],
  ['OPS-', '01-11'],
];
const expected = EXPECTED.flatMap(([family, ...ranges]) =>
  ranges.flatMap((range) => {
    const [from, to] = range.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, i) => `${family}${String(from + i).padStart(2, '0')}`);
  }),
);
for (const id of expected) if (!seen.has(id)) faults.push(`${id} has no row`);

for (const fault of faults) process.stderr.write(`${fault}\n`);
const done = rows.filter((row) => row.state === 'done').length;
const partly = rows.filter((row) => row.state === 'partly').length;
process.stdout.write(`${rows.length} rows: ${done} done, ${partly} partly, ${rows.length - done - partly} open; ${faults.length} faults\n`);
process.exit(faults.length === 0 ? 0 : 1);

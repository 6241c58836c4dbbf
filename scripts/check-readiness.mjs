/**
 * Holds docs/readiness.md against the tests: every row must name a test file that exists and holds a test with the row's id in its
 * title, and every requirement and trap must have a row. Ends with 1 and the list of faults otherwise.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ensureBuild } from './ensure-build.mjs';

ensureBuild();
const { faultsOfRow, readRows } = await import('../dist/cli/readiness/readiness-rows.js');

const root = fileURLToPath(new URL('..', import.meta.url));
const rows = readRows(readFileSync(`${root}docs/readiness.md`, 'utf8'));
const read = (file) => (existsSync(root + file) ? readFileSync(root + file, 'utf8') : undefined);

const ids = rows.map(({ id }) => id);
const seen = new Set(ids);
const faults = [
  ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `${id} has two rows`),
  ...rows.flatMap((row) => faultsOfRow(row, read)),
];

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

/** Runs the tests: most of them on all processors at once, then those that need the machine to themselves. Arguments are jest's, for both. */
import { spawnSync } from 'node:child_process';

const JEST = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', '--passWithNoTests'];

/** The second run reports beside the first: `report.json` and `report.alone.json`. */
const beside = (argument) => (argument.startsWith('--outputFile=') ? argument.replace(/\.json$/, '.alone.json') : argument);

const given = process.argv.slice(2);
const runs = [
  ['--config', 'jest.config.mjs', ...given],
  ['--config', 'jest.alone.config.mjs', ...given.map(beside)],
];
const failed = runs.filter((args) => spawnSync(process.execPath, [...JEST, ...args], { stdio: 'inherit' }).status !== 0);
process.exit(failed.length === 0 ? 0 : 1);

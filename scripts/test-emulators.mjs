/** Runs the tests that need an emulator, and before them installs the emulators that are missing. Arguments are jest's. */
import { spawnSync } from 'node:child_process';
import { install as installBigQuery } from './emulators/bigquery.mjs';
import { install as installChdb } from './emulators/chdb.mjs';

/** Each installs one emulator and answers why it could not. */
const EMULATORS = [installChdb, installBigQuery];

for (const install of EMULATORS) {
  const reason = install();
  if (reason !== undefined) process.stderr.write(`${reason}: its suites are skipped, or fail where GATRA_REQUIRE_EMULATORS=1\n`);
}
const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', '--config', 'jest.emulators.config.mjs'];
const { status } = spawnSync(process.execPath, [...jest, ...process.argv.slice(2)], { stdio: 'inherit' });
process.exit(status ?? 1);

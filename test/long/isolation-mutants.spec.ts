import { isolationFaults } from '../support/mutants/isolation-trial.js';
import { allMutants, survivorsOf } from '../support/mutants/run-mutants.js';

describe('isolation mutants', () => {
  it(
    'TEN-06 isolation-mutants: every mutant is killed, and the build itself lives',
    async () => {
      expect(await isolationFaults()).toEqual([]);
      const only = process.env['MUTANT'];
      const mutants = allMutants().filter(({ name }) => only === undefined || name.includes(only));
      expect(mutants.length).toBeGreaterThan(only === undefined ? 60 : 0);
      const survivors = await survivorsOf(mutants);
      process.stdout.write(`${mutants.length - survivors.length} of ${mutants.length} mutants killed\n`);
      expect(survivors).toEqual([]);
    },
    60 * 60_000,
  );
});

import { findSwaps } from '../support/mutants/find-swaps.js';
import { isolationFaults } from '../support/mutants/isolation-trial.js';
import { MutantBuild } from '../support/mutants/mutant-build.js';
import { MUTATION_TABLE } from '../support/mutants/mutation-table.js';
import type { Mutant } from '../support/mutants/mutant.js';

const AT_ONCE = 2;

describe('isolation mutants', () => {
  it(
    'TEN-06 every mutant is killed, and the build itself lives',
    async () => {
      expect(await isolationFaults()).toEqual([]);
      const mutants: readonly Mutant[] = [...MUTATION_TABLE, ...findSwaps('.')];
      const only = process.env['MUTANT'];
      const rest = mutants.filter(({ name }) => only === undefined || name.includes(only)).values();
      const survivors: string[] = [];
      let killed = 0;
      const work = async (): Promise<void> => {
        const build = new MutantBuild();
        for (const mutant of rest) {
          build.put(mutant);
          const faults = await isolationFaults(build.main);
          process.stdout.write(`${faults.length > 0 ? 'killed  ' : 'SURVIVED'} ${mutant.name}: ${(faults[0] ?? '').slice(0, 120)}\n`);
          if (faults.length > 0) killed += 1;
          else survivors.push(mutant.name);
        }
        build.remove();
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      process.stdout.write(`${killed} of ${killed + survivors.length} mutants killed\n`);
      expect(survivors).toEqual([]);
      expect(killed).toBeGreaterThan(only === undefined ? 60 : 0);
    },
    45 * 60_000,
  );
});
